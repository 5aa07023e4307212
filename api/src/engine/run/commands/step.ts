import { isBlocked, isRetriable } from '../../step.ts'
import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { goOn } from './go-on.ts'
import { note } from './note.ts'

export function retryStep(run: RunningTask, signal: SignalRow): void {
  const step = signal.stepNo === null ? undefined : run.steps.rows[signal.stepNo]
  if (!step || !(isBlocked(step.state) || isRetriable(step.state))) return
  note(run, signal)
  run.steps.beginGroup(step.no)
  goOn(run, signal.actor)
}

export function skipStep(run: RunningTask, signal: SignalRow): void {
  const step = signal.stepNo === null ? undefined : run.steps.rows[signal.stepNo]
  if (!step || step.state === 'RUNNING' || run.steps.isFinal(step)) return
  note(run, signal)
  for (const kind of ['retry', 'wait'] as const) run.draft.clearTimer({ stepNo: step.no, kind })
  run.settleStep(step.no, 'SKIPPED')
  // Whoever paused the task to take steps out of it has not said that it shall go on.
  const { reason } = run.task.patch
  if (reason === 'by-user' || reason === 'by-parent') run.task.touch()
  else goOn(run, signal.actor)
}
