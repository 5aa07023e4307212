import { limits } from '@stint/schema/limits'
import { Problem } from '../../base/problem.ts'
import type { TaskChanges, Who } from './changes.ts'
import { watchRow } from './live/task-watch.ts'
import type { TaskRow } from './model.ts'

/** Throws `invalid-input` for a time that is out of bounds. */
export function checkWait(seconds: number | null | undefined): number {
  const max = limits.syncWaitSecondsMax
  if (seconds === null || seconds === undefined) return 0
  if (seconds >= 0 && seconds <= max) return seconds
  const message = `Wait 0 to ${max} seconds.`
  throw new Problem('invalid-input', message, { details: { fields: [{ name: 'wait', message }] } })
}

/** Nothing more happens to it, or a person is waited for: whoever waits with the request must hear of it to do something. */
const isAtRest = ({ state, reason }: TaskRow) =>
  state === 'stopped' || state === 'paused' || reason === 'approval' || reason === 'waiting-input'

/**
 * Resolves when the task has stopped or needs a person, at the latest after `seconds`. With `since` only a rest that it came to after
 * that instant counts: a paused task that is resumed rests until the resume is applied.
 * Throws `not-found` when the task may not be seen any more.
 */
export async function waitForRest(
  changes: TaskChanges,
  who: Who,
  taskId: string,
  seconds: number,
  since?: Date,
): Promise<void> {
  if (seconds === 0) return
  const stream = await changes.watchTask(taskId, who, watchRow)
  const late = setTimeout(() => stream.end(), seconds * 1000)
  try {
    for await (const row of stream) {
      if (isAtRest(row) && (since === undefined || row.stateUpdatedAt > since)) return
    }
  } finally {
    clearTimeout(late)
    stream.end()
  }
}
