import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { note } from './note.ts'

export function cancel(run: RunningTask, signal: SignalRow, ending: 'cancel' | 'force-cancel'): void {
  note(run, signal)
  run.end(ending, true)
}
