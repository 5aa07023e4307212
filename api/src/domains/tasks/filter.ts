import type { TaskResult, TaskState } from '@stint/schema/words'
import { taskResults, taskStates } from '@stint/schema/words'
import { type Actor, can } from '../access/model.ts'
import type { TaskRow } from './model.ts'

/** What a list shows. Absent means "any"; all that is present must hold. */
export interface TaskFilter {
  readonly states?: readonly TaskState[] | null
  readonly results?: readonly TaskResult[] | null
  readonly labels?: readonly string[] | null
  readonly templateName?: string | null
  readonly parentId?: string | null
  /** Only tasks that the asking person owns. */
  readonly mine?: boolean | null
  /** Stands in the title, the label or the error summary, in any case of letters; or is the task's id. */
  readonly text?: string | null
}

/** A possible pair: a task has a result exactly when it has stopped. */
export interface Outcome {
  readonly state: TaskState
  readonly result: TaskResult
}

export const outcomes: readonly Outcome[] = taskStates.flatMap((state) =>
  taskResults
    .filter((result) => (state === 'stopped') === (result !== 'pending'))
    .map((result) => ({ state, result })),
)

/** The pairs that a filter lets through: the index is by (state, result, id), so each pair is one ordered walk. */
export function outcomesOf(filter: TaskFilter): Outcome[] {
  return outcomes.filter(
    ({ state, result }) =>
      (filter.states?.includes(state) ?? true) && (filter.results?.includes(result) ?? true),
  )
}

export function choosesOutcomes(filter: TaskFilter): boolean {
  return outcomesOf(filter).length < outcomes.length
}

/** The label is the stable name of what a task runs: of its template, when it has one. */
function hasTemplate(row: TaskRow, name: string): boolean {
  return row.templateId !== null && row.label === name
}

function holdsText(row: TaskRow, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  if (wanted === '' || row.id === wanted) return true
  return [row.title, row.label, row.errorSummary ?? ''].some((value) => value.toLowerCase().includes(wanted))
}

/** The rule of store/lists.ts in memory, for rows that are already here; a test proves that both agree. */
export function matches(filter: TaskFilter, row: TaskRow, actor: Actor): boolean {
  if (filter.states && !filter.states.includes(row.state)) return false
  if (filter.results && !filter.results.includes(row.result)) return false
  if (filter.labels && !filter.labels.includes(row.label)) return false
  if (filter.templateName && !hasTemplate(row, filter.templateName)) return false
  if (filter.parentId && row.parentId !== filter.parentId) return false
  if (filter.mine && row.ownerId !== actor.userId) return false
  return !filter.text || holdsText(row, filter.text)
}

/** Equal for filters that let the same rows through: subscribers with one key are matched together. */
export function filterKey(filter: TaskFilter, actor: Actor): string {
  const sorted = (values?: readonly string[] | null) => (values ? [...values].sort() : null)
  return JSON.stringify([
    sorted(filter.states),
    sorted(filter.results),
    sorted(filter.labels),
    filter.templateName || null,
    filter.parentId || null,
    filter.mine ? actor.userId : null,
    filter.text?.trim().toLowerCase() || null,
  ])
}

/** Equal for actors who see the same tasks: what is read for one of them may be shown to the other. */
export function visibilityKey(actor: Actor | undefined): string {
  if (actor === undefined) return 'nobody'
  if (can(actor, 'task.view_all')) return 'everything'
  if (!can(actor, 'task.view')) return 'nothing'
  return JSON.stringify([actor.userId, actor.name, [...actor.groups].sort()])
}
