import type { OutputStream } from '@stint/schema/words'
import { type Action, ActionError, type ActionResult } from '../engine/action.ts'
import type { Doors } from '../engine/doors.ts'

export interface ActionRun {
  readonly result?: ActionResult
  readonly error?: ActionError
  /** Everything it logged, in order. */
  readonly log: readonly { readonly stream: OutputStream; readonly text: string }[]
  /** Process groups it announced. */
  readonly groups: readonly number[]
}

export interface ActionRunOptions {
  readonly signal?: AbortSignal
  readonly previousOutput?: unknown
  readonly resumed?: boolean
  readonly doors?: Partial<Doors>
  readonly onLog?: (text: string, stream: OutputStream) => void
  readonly onProcessGroup?: (group: number) => void | Promise<void>
}

const refuse = () => Promise.reject(new Error('this test opens no such door'))
const closedDoors: Doors = {
  children: {
    check: refuse,
    conceive: refuse,
    counts: refuse,
    newest: refuse,
    outline: refuse,
    resultOf: refuse,
  },
  questions: { ask: refuse, openCallback: refuse, waitFor: refuse, close: refuse },
  cache: { get: refuse, set: refuse, delete: refuse },
}

/** Runs one action outside the engine and gives back all it did; anything but an `ActionError` flies. */
export async function runAction<C>(
  action: Action<C>,
  configuration: C,
  options: ActionRunOptions = {},
): Promise<ActionRun> {
  const log: { stream: OutputStream; text: string }[] = []
  const groups: number[] = []
  const run = { log, groups }
  try {
    const result = await action.run(configuration, {
      signal: options.signal ?? new AbortController().signal,
      task: { id: '01890000-0000-7000-8000-000000000001', label: 'test', title: 'A test', owner: 'somebody' },
      step: { no: 0, name: 'one' },
      attempt: { no: 1, tryNo: 1, key: 'attempt-key' },
      previousOutput: options.previousOutput,
      resumed: options.resumed ?? false,
      ...closedDoors,
      ...options.doors,
      log: (text, stream = 'log') => {
        log.push({ stream, text })
        options.onLog?.(text, stream)
      },
      progress: () => {},
      ownProcessGroup: async (group) => {
        groups.push(group)
        await options.onProcessGroup?.(group)
      },
    })
    return { ...run, result }
  } catch (error) {
    if (error instanceof ActionError) return { ...run, error }
    throw error
  }
}
