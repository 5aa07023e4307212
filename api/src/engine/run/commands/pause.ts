import { placeOf } from '../../seal.ts'
import { isBlocked, isRetriable } from '../../step.ts'
import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { bearingSteps } from '../waiting.ts'
import { goOn } from './go-on.ts'
import { note } from './note.ts'

export interface PausePayload {
  /** Its children go on. */
  readonly alone: boolean
}

/**
 * Children that stop with their parent pause with it. A task that paused with its parent and is paused once more is paused by
 * that person from then on: its parent does not take it along when it goes on.
 */
export function pause(run: RunningTask, signal: SignalRow): void {
  const { state, patch } = run.task
  if (state === 'paused' && patch.reason === 'by-parent') {
    note(run, signal)
    return run.task.setReason('by-user')
  }
  if (state !== 'running' && state !== 'pending') return
  if (patch.reason === 'approval') return
  const alone = isAlone(run, signal)
  // Read again after its executor died: it stands on the record already.
  if (!signal.isNoted) note(run, signal, alone ? { alone } : undefined)
  // A step that died with its executor waits for a decision, whoever pauses the task besides.
  if (run.ending !== 'pause' || run.pauseReason === 'by-parent') run.pauseReason = undefined
  if (!alone) run.children.pause(signal.actor)
  run.end('pause', false)
}

function isAlone(run: RunningTask, { payload }: SignalRow): boolean {
  return payload !== null && (run.key.openJson(payload, placeOf.signal) as PausePayload).alone
}

/** A paused task goes on where it failed; one that is only asked to pause forgets that. */
export function resume(run: RunningTask, signal: SignalRow): void {
  if (run.ending === 'pause') {
    note(run, signal)
    run.children.resume(signal.actor)
    return run.goOn()
  }
  if (run.task.state !== 'paused') return
  note(run, signal)
  rerunFailed(run)
  windUp(run)
  goOn(run, signal.actor)
}

/**
 * A task that was given up has lost its timers: what waits for an instant is to be woken again. Nor was it told of children that
 * ended meanwhile: a step whose children are all over looks for itself.
 */
function windUp(run: RunningTask): void {
  for (const no of bearingSteps(run.plan, run.steps.rows)) {
    if (run.steps.stateOf(no) === 'WAITING' && run.children.livingOf(no) === 0) run.news(no)
  }
  for (const step of run.steps.rows) {
    if (step.state !== 'WAITING' || !step.dueAt || run.steps.mayStart(step)) continue
    run.draft.timer({ taskId: run.facts.id, stepNo: step.no, kind: 'wait', dueAt: step.dueAt })
  }
}

function rerunFailed(run: RunningTask): void {
  for (const step of run.steps.rows) {
    // What died with its executor is decided step by step, never swept along.
    if (step.state === 'CRASHED') continue
    if (!isBlocked(step.state) && !isRetriable(step.state)) continue
    run.steps.beginGroup(step.no)
  }
}
