import type { TaskReason } from '@stint/schema/words'
import type { StepPatch } from '../change.ts'
import type { Plan } from './plan.ts'

type StepState = Pick<StepPatch, 'no' | 'state' | 'attemptNo' | 'dueAt'>

/** Steps that have started tasks, or may have. */
export function bearingSteps(plan: Plan, steps: readonly Pick<StepState, 'no' | 'attemptNo'>[]): number[] {
  return steps
    .filter((step) => step.attemptNo > 0 && plan.steps[step.no]?.action?.waitsFor === 'subtask')
    .map((step) => step.no)
}

/** Whom people can do something about stands in front. */
const reasons = ['waiting-input', 'waiting-callback', 'waiting-subtask', 'waiting-until'] as const

/** What a task waits for, by its WAITING steps; undefined when none of them is. */
export function waitReasonOf(plan: Plan, steps: readonly StepState[]): TaskReason | undefined {
  const found = new Set(
    steps.filter((step) => step.state === 'WAITING').map((step) => reasonOfStep(plan, step)),
  )
  return reasons.find((reason) => found.has(reason))
}

function reasonOfStep(plan: Plan, step: StepState): TaskReason {
  const waitsFor = plan.steps[step.no]?.action?.waitsFor
  if (waitsFor) return `waiting-${waitsFor}`
  return step.dueAt ? 'waiting-until' : 'waiting-callback'
}
