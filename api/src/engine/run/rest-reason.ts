import type { TaskReason } from '@stint/schema/words'
import type { StepPatch } from '../change.ts'
import { isBlocked, isRetriable } from '../step.ts'
import type { RunningTask } from './running-task.ts'

/** Why nothing moves by itself any more, given the steps that are not over; the task shows the error at fault as its own. */
export function stuckBecause(run: RunningTask, open: readonly StepPatch[]): TaskReason {
  const crashed = open.find((step) => step.state === 'CRASHED')
  const blocked = crashed ?? open.find((step) => isBlocked(step.state))
  const exhausted = open.find((step) => isRetriable(step.state))
  run.blame(blocked ?? exhausted)
  if (crashed) return 'needs-review'
  if (blocked) return 'step-failed'
  return exhausted ? 'retries-exhausted' : 'deadlock'
}
