import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { note } from './note.ts'

/*
 * A task that is given up frees its locks and is over, as an error. It may be taken up again (resume), so steps that have
 * not run stay as they are; what ran in that moment is CRASHED, because nobody knows how far it came.
 */

/** Gives up a task that is paused. One that runs is left alone: that needs force. */
export function unlock(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'paused') return
  note(run, signal)
  run.stop('unlocked', 'CANCELLED')
}

/** Gives up a task wherever it stands. Whoever held it was fenced before; what it started outside may go on. */
export function forceUnlock(run: RunningTask, signal: SignalRow): void {
  note(run, signal)
  run.end('force-unlock', true)
}
