import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { note } from './note.ts'
import { assign } from './set-state.ts'

/**
 * A paused task begins again from its first step, once the children that stop with it are over: they may still be at work on the
 * very things that the new ones begin with. A task that is over is final: a new one is made of it, see engine/request.ts.
 */
export function startOver(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'paused') return
  // Read again after its executor died: it stands on the record already.
  if (!signal.isNoted) note(run, signal)
  run.end('start-over', false, signal.actor)
}

/**
 * It is the same task: what its steps did before stays on record as attempts, and the numbers of attempts go on. No child of
 * before is taken for one of the steps that begin now, also not one that was left running.
 */
export function beginAnew(run: RunningTask): void {
  run.children.disown()
  for (const step of run.steps.rows) if (step.state !== 'TODO') assign(run, step.no, 'TODO')
  const { patch } = run.task
  Object.assign(patch, { progress: 0, retryCount: 0, takeovers: 0 })
  patch.errorSummary = undefined
  patch.errorFingerprint = undefined
  run.isStale = true
  run.task.moveTo('pending', 'queued')
}
