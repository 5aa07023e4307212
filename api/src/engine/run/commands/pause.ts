import { isBlocked, isRetriable } from '../../step.ts'
import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { note } from './note.ts'

export function pause(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'running' && run.task.state !== 'pending') return
  if (run.task.patch.reason === 'approval') return
  note(run, signal)
  run.pauseReason = undefined
  run.end('pause', false)
}

/** A paused task goes on where it failed; one that is only asked to pause forgets that. */
export function resume(run: RunningTask, signal: SignalRow): void {
  if (run.ending === 'pause') {
    note(run, signal)
    return run.goOn()
  }
  if (run.task.state !== 'paused') return
  note(run, signal)
  rerunFailed(run)
  windUp(run)
  goOn(run)
}

/** A task that was given up has lost its timers: what waits for an instant is to be woken again. */
function windUp(run: RunningTask): void {
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

/** From paused to where an executor takes it up; unless a step still waits for somebody's review. */
export function goOn(run: RunningTask): void {
  run.task.patch.retryCount = 0
  run.task.patch.takeovers = 0
  run.task.patch.errorSummary = undefined
  run.task.patch.errorFingerprint = undefined
  run.task.touch()
  if (run.task.state !== 'paused') return
  const underReview = run.steps.rows.some((step) => step.state === 'CRASHED')
  if (underReview) run.task.setReason('needs-review')
  else run.task.moveTo('pending', 'queued')
}
