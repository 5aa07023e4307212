import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { note } from './note.ts'
import { assign } from './set-state.ts'

/**
 * A paused task begins again from its first step. It is the same task: what its steps did before stays on record as
 * attempts, and the numbers of attempts go on. A task that is over is final: a new one is made of it, see engine/request.ts.
 */
export function startOver(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'paused') return
  note(run, signal)
  run.children.stop('cancel', signal.actor)
  for (const step of run.steps.rows) if (step.state !== 'TODO') assign(run, step.no, 'TODO')
  const { patch } = run.task
  Object.assign(patch, { progress: 0, retryCount: 0, takeovers: 0 })
  patch.errorSummary = undefined
  patch.errorFingerprint = undefined
  run.isStale = true
  run.task.moveTo('pending', 'queued')
}
