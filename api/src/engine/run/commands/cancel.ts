import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { note } from './note.ts'

export function cancel(run: RunningTask, signal: SignalRow, ending: 'cancel' | 'force-cancel'): void {
  // Read again after its executor died: it stands on the record already.
  if (!signal.isNoted) note(run, signal)
  run.end(ending, true, signal.actor)
}
