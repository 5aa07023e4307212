import { wholeTask } from '../../change.ts'
import type { RunningTask } from '../running-task.ts'

/**
 * From paused to where an executor takes it up, and with it the children that paused with it; unless a step still waits for
 * somebody's review. One that has not begun and whose time has not come waits for that again.
 */
export function goOn(run: RunningTask, actor: string): void {
  // It begins anew as soon as its children are over.
  if (run.ending === 'start-over') return
  const { patch } = run.task
  patch.retryCount = 0
  patch.takeovers = 0
  patch.errorSummary = undefined
  patch.errorFingerprint = undefined
  run.task.touch()
  if (run.task.state !== 'paused') return
  const underReview = run.steps.rows.some((step) => step.state === 'CRASHED')
  if (underReview) return run.task.setReason('needs-review')
  run.children.resume(actor)
  if (patch.startedAt || !patch.startAt || patch.startAt <= run.host.now()) {
    return run.task.moveTo('pending', 'queued')
  }
  run.task.moveTo('scheduled', 'start-at')
  run.draft.timer({ taskId: run.facts.id, stepNo: wholeTask, kind: 'start', dueAt: patch.startAt })
}
