import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { goOn } from './go-on.ts'
import { note } from './note.ts'

/*
 * What a parent that was paused or resumed by a person says to its children, and they to theirs. A child is paused `by-parent`
 * only while its parent rests: whatever lets the parent go on is told here too. A child that a person paused stays paused, one
 * that stands for another reason stays as it is and only passes the word on. Both stay in the record under the person's name.
 */

export function parentPaused(run: RunningTask, signal: SignalRow): void {
  const { state, patch } = run.task
  if (state === 'paused') {
    if (patch.reason !== 'by-user' && patch.reason !== 'by-parent') run.children.pause(signal.actor)
    return
  }
  // Nobody has accepted it: it does nothing anyway. One that is ending goes on with that.
  if (patch.reason === 'approval' || (run.ending !== undefined && run.ending !== 'pause')) return
  if (run.ending === 'pause') return run.children.pause(signal.actor)
  if (!signal.isNoted) note(run, signal)
  if (state === 'scheduled') return run.task.moveTo('paused', 'by-parent')
  run.pauseReason = 'by-parent'
  run.children.pause(signal.actor)
  run.end('pause', false)
}

export function parentResumed(run: RunningTask, signal: SignalRow): void {
  const { state, patch } = run.task
  if (run.ending === 'pause') {
    if (run.pauseReason === undefined) return
    run.children.resume(signal.actor)
    if (run.pauseReason !== 'by-parent') return
    note(run, signal)
    return run.goOn()
  }
  if (state !== 'paused' || patch.reason === 'by-user') return
  if (patch.reason !== 'by-parent') return run.children.resume(signal.actor)
  note(run, signal)
  // What failed meanwhile is not tried again unseen: the task pauses once more, for that.
  goOn(run, signal.actor)
}
