import { type AttemptRow, type Change, type TaskPatch, wholeTask } from '../change.ts'
import { errorSummaryOf } from './error-summary.ts'
import { tellNews } from './news-of-run.ts'
import type { RunningTask } from './running-task.ts'

/**
 * A change that the database refused for its content, without what actions produced: outputs, log, events and births go, the
 * steps they belong to fail with the reason. Refused once more, the attempts go as well. Undefined when nothing is left to leave
 * out.
 */
export function withoutProducts(run: RunningTask, change: Change, error: unknown): Change | undefined {
  const { attempts, output, events, result, births, ...rest } = change
  const isStripped = !output && !events && !result && !births && !attempts?.some((a) => a.output || a.error)
  if (isStripped) return attempts && rest
  const why = error instanceof Error ? error.message : String(error)
  const errorSummary = errorSummaryOf(`the database refused what this step produced: ${why}`)
  const failed = new Map<number, AttemptRow>()
  for (const attempt of attempts ?? []) {
    failed.set(attempt.stepNo, {
      ...attempt,
      state: 'FATAL_ERROR',
      output: undefined,
      error: undefined,
      errorSummary,
    })
    const step = run.steps.rows[attempt.stepNo]
    if (!step) continue
    const wasDone = run.steps.isDone(step)
    step.state = 'FATAL_ERROR'
    step.errorSummary = errorSummary
    run.steps.moved(step, wasDone)
  }
  const steps = rest.steps?.map((step) =>
    failed.has(step.no) ? { ...step, state: 'FATAL_ERROR', errorSummary } : step,
  )
  return { ...rest, ...(steps && { steps }), ...(failed.size > 0 && { attempts: [...failed.values()] }) }
}

/**
 * The last resort: what the database refuses even without its products would be tried by one executor after the other. The task
 * comes to rest with the row that was written last, a new state and the reason; refused once more, with words of our own alone.
 * Where the change ended the task on somebody's order, it ends. Whatever runs of it must be ended by the caller.
 */
export function comeToRest(run: RunningTask, refused: Change, error: unknown): void {
  const patch = restPatch(run, refused, error)
  const rest: Change = {
    taskId: run.id,
    epoch: run.facts.epoch,
    release: true,
    task: patch,
    events: [
      {
        at: patch.stateUpdatedAt,
        kind: 'task',
        name: patch.state,
        data: { reason: patch.reason, ...(patch.state === 'stopped' && { result: patch.result }) },
      },
    ],
    // What led to this is not tried again by whoever looks next.
    ...(refused.appliedSignals && { appliedSignals: refused.appliedSignals }),
    ...(refused.tellChildren && { tellChildren: refused.tellChildren }),
    ...(patch.state === 'stopped' ? { frees: [wholeTask] } : freedBy(run)),
  }
  Object.assign(run.task.patch, patch)
  tellNews(run, { change: rest, started: [], afterwards: [] })
  const { events: _, ...others } = rest
  const bare = { ...others, task: { ...patch, errorSummary: 'the database refuses this task' } }
  submit(run, rest, () => submit(run, bare, () => run.host.leaveAlone(run.id)))
}

function submit(run: RunningTask, change: Change, refused: () => void): void {
  const { flusher } = run.host
  const written = (released: boolean) => {
    // Mail came in between: whoever reads it brings the task to rest again, without that mail.
    if (!released) run.host.lookAgain(run.id)
  }
  flusher.submit({ kind: 'change', change, written, fenced: () => {}, refused })
}

/** It keeps its locks, and no place in a queue: others would stand behind somebody who does not want to go. */
function freedBy(run: RunningTask): Pick<Change, 'frees'> {
  run.locks.rest()
  const { frees } = run.draft.send().change
  return frees ? { frees } : {}
}

function restPatch(run: RunningTask, { task, steps }: Change, error: unknown): TaskPatch {
  const at = run.host.now()
  const names = (steps ?? []).slice(0, 3).map(({ no }) => run.steps.nameOf(no))
  const what = names.length > 0 ? `what this task says about ${names.join(', ')}` : 'what this task says'
  const why = error instanceof Error ? error.message : String(error)
  const patch = {
    ...run.task.stored,
    errorSummary: errorSummaryOf(run.masker.mask(`the database refused ${what}: ${why}`)),
    stateUpdatedAt: at,
  }
  if (task?.state === 'stopped' && task.result !== 'success' && task.reason !== undefined) {
    const { state, reason, result } = task
    return { ...patch, state, reason, result, endedAt: at }
  }
  return { ...patch, state: 'paused', reason: 'input-invalid' }
}
