import { type TaskReason, type TaskResult, type TaskState, taskStates } from '@stint/schema/words'
import type { Birth, Change, EventDraft } from './change.ts'
import type { TaskRow } from './store/task.ts'

/*
 * What happens to tasks, for whoever tells it on. The engine knows no channels and no addressees: it says what a flush makes
 * durable, and starts what it is answered in that same flush. So nothing that was told can be lost, and nothing is told that
 * did not happen.
 */

/** A task moved to another state. */
export interface TaskMove {
  readonly state: TaskState
  readonly reason: TaskReason | undefined
}

/** A step began or ended a try, or was moved. */
export interface StepMove {
  readonly name: string
  readonly state: string
}

/** What one flush says about one task. */
export interface News {
  readonly taskId: string
  readonly label: string
  readonly title: string
  readonly ownerName: string
  readonly resolvers: readonly string[]
  readonly resolverGroups: readonly string[]
  /** How the task is after the flush. */
  readonly state: TaskState
  readonly result: TaskResult
  readonly reason: TaskReason | undefined
  readonly errorSummary: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly stepsDone: number
  readonly stepsTotal: number
  /** In order; often empty, when only steps moved. */
  readonly moves: readonly TaskMove[]
  readonly steps: readonly StepMove[]
  /** It began to wait for a person's answer. */
  readonly asks: boolean
}

export function movesOf(events: readonly EventDraft[] | undefined): TaskMove[] {
  return (events ?? [])
    .filter(({ kind, name }) => kind === 'task' && (taskStates as readonly string[]).includes(name))
    .map(({ name, data }) => ({
      state: name as TaskState,
      reason: (data?.reason ?? undefined) as TaskReason | undefined,
    }))
}

export function newsOfBirth(birth: Birth): News {
  const { task, steps } = birth
  return {
    taskId: birth.id,
    label: birth.label,
    ownerName: birth.ownerName,
    resolvers: birth.resolvers,
    resolverGroups: birth.resolverGroups,
    ...task,
    stepsDone: 0,
    stepsTotal: steps.length,
    moves: movesOf(birth.events),
    steps: steps.flatMap(({ name, patch }) => (patch === undefined ? [] : [{ name, state: patch.state }])),
    asks: false,
  }
}

/** Undefined when the report moves neither the task nor a step. */
export function newsOfReport(row: TaskRow, { task, events, newSteps, steps }: Change): News | undefined {
  const moves = movesOf(events)
  const named = (newSteps ?? []).flatMap(({ name, patch }) => (patch ? [{ name, state: patch.state }] : []))
  if (moves.length === 0 && named.length === 0 && !steps?.length) return undefined
  return {
    taskId: row.id,
    label: row.label,
    ownerName: row.ownerName,
    resolvers: row.resolvers,
    resolverGroups: row.resolverGroups,
    title: task?.title ?? row.title,
    state: task?.state ?? row.state,
    result: task?.result ?? row.result,
    reason: task === undefined ? (row.reason ?? undefined) : task.reason,
    errorSummary: task?.errorSummary ?? row.errorSummary ?? undefined,
    tags: task?.tags ?? row.tags,
    stepsDone: 0,
    stepsTotal: 0,
    moves,
    steps: named,
    asks: false,
  }
}
