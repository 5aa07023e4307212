import type { RunChildren } from './children.ts'
import type { StepBook } from './step-book.ts'
import type { RunValues } from './values.ts'

interface Parts {
  readonly steps: StepBook
  readonly values: RunValues
  readonly children: RunChildren
}

/**
 * How far a task is, 0 to 1: the steps that are done, and of running and waiting ones the share they tell. A step that failed and
 * stands is not done: a task that is paused by its last step has not come to its end.
 */
export function progressOf({ steps, values, children }: Parts, shares: readonly number[]): number {
  const { total } = steps
  if (total === 0) return 0
  let done = steps.done
  for (const share of shares) done += share
  for (const stepNo of children.steps) {
    // An action that waits for many says how many, see `total` in its output.
    const { total: members = 1 } = (values.outputOf(stepNo) ?? {}) as { total?: number }
    if (steps.stateOf(stepNo) === 'WAITING') done += children.shareOf(stepNo, Number(members) || 1)
  }
  return Math.min(1, done / total)
}
