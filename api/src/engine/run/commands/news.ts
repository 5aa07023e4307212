import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'

/**
 * Something that a step waits for has happened outside: a child came to rest, somebody called, somebody answered. The rows
 * are the truth, so nothing is taken from the signal but where to look; a paused task keeps in mind that it must.
 */
export function news(run: RunningTask, signal: SignalRow): void {
  const { stepNo } = signal
  if (stepNo === null) return
  // A step with 10,000 children looks when the last of them is over, not after each.
  if (signal.kind === 'subtask' && run.children.livingOf(stepNo) > 0) return
  run.news(stepNo)
}
