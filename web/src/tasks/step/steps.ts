import type { ResultOf } from 'gql.tada'
import { isFailedStep } from '../../kit/status.ts'
import type { StepRow } from '../fragments.ts'

export type StepOfList = ResultOf<typeof StepRow>

export interface StepNode {
  readonly step: StepOfList
  readonly depth: number
}

const active: ReadonlySet<string> = new Set(['RUNNING', 'RETRY_NOW', 'EXPANDED', 'WAITING', 'TO_RETRY'])

/** Steps as a tree in the order of their numbers: the items of a loop stand below it. */
export function stepTree(steps: readonly StepOfList[]): StepNode[] {
  const present = new Set(steps.map((step) => step.no))
  const below = Map.groupBy(steps, (step) =>
    step.parentNo !== null && present.has(step.parentNo) ? step.parentNo : undefined,
  )
  const walk = (parent: number | undefined, depth: number): StepNode[] =>
    (below.get(parent) ?? []).flatMap((step) => [{ step, depth }, ...walk(step.no, depth + 1)])
  return walk(undefined, 0)
}

/** The step whose details stand open when nobody has chosen one: the failed, else the running, else the last that ran. */
export function stepToWatch(steps: readonly StepOfList[]): StepOfList | undefined {
  return (
    steps.find((step) => isFailedStep(step)) ??
    steps.find((step) => step.state === 'RUNNING' || step.state === 'RETRY_NOW') ??
    steps.find((step) => active.has(step.state)) ??
    steps.findLast((step) => step.startedAt !== null) ??
    steps[0]
  )
}

/** Nothing goes on, because a step failed. */
export const isStuck = (task: { readonly state: string }, steps: readonly StepOfList[]): boolean =>
  (task.state === 'PAUSED' || task.state === 'STOPPED') && steps.some((step) => isFailedStep(step))

/** Steps whose name, action or state has the text. */
export function findSteps(steps: readonly StepOfList[], text: string): readonly StepOfList[] {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return steps
  return steps.filter((step) => `${step.name} ${step.action} ${step.state}`.toLowerCase().includes(wanted))
}
