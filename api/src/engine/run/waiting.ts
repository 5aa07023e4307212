import type { TaskReason } from '@stint/schema/words'
import type { StepPatch } from '../change.ts'
import type { Plan } from './plan.ts'

interface StepPlace {
  readonly no: number
  /** The loop of an item. */
  readonly parentNo?: number | null | undefined
}

type StepState = Pick<StepPatch, 'no' | 'parentNo' | 'state' | 'attemptNo' | 'dueAt'>

/** What its action waits for, where that is known; items run what their loop names. */
const waitsFor = (plan: Plan, { no, parentNo }: StepPlace) => plan.steps[parentNo ?? no]?.action?.waitsFor

/** Steps that have started tasks, or may have. */
export function bearingSteps(
  plan: Plan,
  steps: readonly (StepPlace & { readonly attemptNo: number })[],
): number[] {
  return (
    steps
      .filter((step) => step.attemptNo > 0)
      // Of an action that this process does not know nobody knows better.
      .filter((step) => !plan.steps[step.parentNo ?? step.no]?.action || waitsFor(plan, step) === 'subtask')
      .map((step) => step.no)
  )
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
  const known = waitsFor(plan, step)
  if (known) return `waiting-${known}`
  return step.dueAt ? 'waiting-until' : 'waiting-callback'
}

/** A task whose next step is due within this time stays in memory while there is room. */
const keptMs = 1000

/** It would be read again at once: its signal finds it here. A loop of 3,000 short waits read all its rows 3,000 times. */
export function isDueSoon(steps: readonly Pick<StepPatch, 'dueAt'>[], now: Date): boolean {
  return steps.some(({ dueAt }) => {
    const inMs = dueAt === undefined ? 0 : dueAt.getTime() - now.getTime()
    return inMs > 0 && inMs <= keptMs
  })
}
