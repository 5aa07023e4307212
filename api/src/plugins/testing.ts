import type { OutputStream } from '@stint/schema/words'
import { type Action, type ActionContext, ActionError, type ActionResult } from '../engine/action.ts'
import { valueProblem } from '../engine/template/json-schema.ts'

/*
 * The test kit of plug-ins: an action runs outside the engine, and gives back all it did. Imported as 'stint/testing' by tests
 * that node runs with `--import` of this folder's resolve.ts, or by its path.
 */

export interface ActionOutcome {
  /** What it returned; absent when it failed. */
  readonly result?: ActionResult
  /** What it threw; another error than an ActionError is a server error in the engine. */
  readonly error?: Error
  readonly kind: 'done' | 'waiting' | ActionError['kind']
  readonly log: readonly { readonly stream: OutputStream; readonly text: string }[]
  /** Each call of `progress`. */
  readonly progress: readonly { readonly done: number; readonly total: number | undefined }[]
}

export interface RunOptions {
  readonly signal?: AbortSignal
  readonly previousOutput?: unknown
  readonly resumed?: boolean
}

/** Doors that need an engine: a test of one action has none. */
const closed = (what: string) =>
  new Proxy(
    {},
    { get: () => () => Promise.reject(new Error(`runAction has no ${what}; test it in an installation`)) },
  )

function contextOf(options: RunOptions, outcome: { log: unknown[]; progress: unknown[] }): ActionContext {
  return {
    signal: options.signal ?? new AbortController().signal,
    task: { id: '00000000-0000-7000-8000-000000000001', label: 'test', title: 'A test', owner: 'somebody' },
    step: { no: 0, name: 'one' },
    attempt: { no: 1, tryNo: 1, key: 'test/0' },
    previousOutput: options.previousOutput,
    resumed: options.resumed ?? false,
    children: closed('children') as ActionContext['children'],
    questions: closed('questions') as ActionContext['questions'],
    cache: closed('cache') as ActionContext['cache'],
    log: (text, stream = 'log') => void outcome.log.push({ stream, text }),
    progress: (done, total) => void outcome.progress.push({ done, total }),
    ownProcessGroup: async () => {},
  }
}

/** Runs an action with a rendered configuration, which must fit its schema. Never throws what the action throws. */
export async function runAction<C>(
  action: Action<C>,
  configuration: C,
  options: RunOptions = {},
): Promise<ActionOutcome> {
  const problem = valueProblem(action.configuration, configuration)
  if (problem !== undefined) throw new Error(`the configuration does not fit the schema: ${problem}`)
  const log: { stream: OutputStream; text: string }[] = []
  const progress: { done: number; total: number | undefined }[] = []
  try {
    const result = await action.run(configuration, contextOf(options, { log, progress }))
    return { result, kind: result.wait === undefined ? 'done' : 'waiting', log, progress }
  } catch (error) {
    if (error instanceof ActionError) return { error, kind: error.kind, log, progress }
    return { error: error instanceof Error ? error : new Error(String(error)), kind: 'server', log, progress }
  }
}
