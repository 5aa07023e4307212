import { type Action, ActionError, type ActionErrorKind } from '../engine/action.ts'

/** What one try answers: an output, or a failure of a class, or a wait until it is continued. */
export interface ScriptedAnswer {
  readonly output?: unknown
  readonly metadata?: Record<string, unknown>
  readonly tags?: Record<string, string>
  readonly fail?: ActionErrorKind
  readonly error?: string
  readonly wait?: boolean
  /** It answers only when it is aborted. */
  readonly hang?: boolean
  /** A fault that no action foresaw. */
  readonly throw?: string
}

interface Script {
  readonly answers?: readonly ScriptedAnswer[]
  /** Steps with the same name share one list of answers. */
  readonly as?: string
}

/**
 * An action that answers as its configuration says: the first try with the first answer, and so on; the last one stays. It
 * remembers what ran, and the most that ran at the same time.
 */
export class ScriptedActions {
  /** `task id` → names of steps in the order in which they ran, with what they were given. */
  readonly runs = new Map<string, { step: string; given: unknown }[]>()
  /** `task id` → the most that ran at once. */
  readonly most = new Map<string, number>()
  readonly #running = new Map<string, number>()
  readonly #tries = new Map<string, number>()

  readonly action: Action<Script & Record<string, unknown>> = {
    type: 'script',
    description: 'answers as it is told',
    configuration: {},
    idempotent: true,
    run: async ({ answers = [{}], as, ...given }, { task, step, signal }) => {
      const runs = this.runs.get(task.id) ?? []
      runs.push({ step: step.name, given })
      this.runs.set(task.id, runs)
      const key = `${task.id}/${as ?? step.name}`
      const tries = (this.#tries.get(key) ?? 0) + 1
      this.#tries.set(key, tries)
      const answer = answers[Math.min(tries, answers.length) - 1] ?? {}
      await this.#take(task.id, answer.hang ? signal : undefined)
      return answerOf(answer)
    },
  }

  /** A turn of the event loop, or until it is aborted; counted as long as it lasts. */
  async #take(taskId: string, until: AbortSignal | undefined): Promise<void> {
    const running = (this.#running.get(taskId) ?? 0) + 1
    this.#running.set(taskId, running)
    this.most.set(taskId, Math.max(running, this.most.get(taskId) ?? 0))
    try {
      await new Promise<void>((resolve, reject) => {
        if (!until) return setImmediate(resolve)
        until.addEventListener('abort', () => reject(new Error('aborted')))
      })
    } finally {
      this.#running.set(taskId, (this.#running.get(taskId) ?? 1) - 1)
    }
  }
}

function answerOf({ output, metadata, tags, fail, error, wait, throw: fault }: ScriptedAnswer) {
  if (fault !== undefined) throw new Error(fault)
  const produced = { ...(output !== undefined && { output }), ...(metadata && { metadata }) }
  if (fail) throw new ActionError(fail, error ?? `${fail} failure`, produced)
  return { ...produced, ...(tags && { tags }), ...(wait && { wait: {} }) }
}
