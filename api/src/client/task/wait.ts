import { isSettled } from '../exit.ts'
import { resuming } from '../server/resume.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { TaskLine } from './documents.ts'
import { taskChangedDocument } from './follow-documents.ts'

/** Aborts at a moment; never when that is infinitely far. Longer than a timer can hold counts as never. */
export function deadlineSignal(deadlineMs: number, nowMs: number): AbortSignal {
  const leftMs = Math.max(0, deadlineMs - nowMs)
  return leftMs < 2 ** 31 ? AbortSignal.timeout(leftMs) : new AbortController().signal
}

/** The task when nothing more happens to it without a person, or as it is at the deadline. */
export async function untilSettled(
  terminal: Terminal,
  task: TaskLine,
  deadlineMs: number,
): Promise<TaskLine> {
  const { connection } = terminal
  const signal = deadlineSignal(deadlineMs, terminal.nowMs)
  const open = () => connection.subscribe(taskChangedDocument, { id: task.uuid }, signal)
  let latest = task
  if (isSettled(latest) || signal.aborted) return latest
  for await (const { taskChanged } of resuming(open, { signal, onCut: (text) => terminal.note(text) })) {
    latest = taskChanged
    if (isSettled(latest)) break
  }
  return latest
}
