import { limits } from '@stint/schema/limits'
import type { App } from '../../base/app.ts'
import { isId } from '../../base/ids.ts'
import { removeTasks } from '../../engine/removal.ts'
import { type Actor, demand } from '../access/model.ts'
import { record } from '../audit/store.ts'
import type { TaskFilter } from './filter.ts'
import { InputProblem } from './input-problem.ts'
import { demandNameable, judgeNamed, type KeptTask, stillThere } from './kept-tasks.ts'
import { deletableTasks } from './store/deletable.ts'

/** Which tasks that are over; states of the filter do not matter. */
export interface Deletable {
  readonly filter: TaskFilter
  /** Only these; each that stays is told with why. */
  readonly ids?: readonly string[] | undefined
  readonly endedBefore?: Date | undefined
}

export interface Deletion extends Deletable {
  /** The sentence for the audit record. */
  readonly reason: string
  /** Goes on after this task; see Deleted. */
  readonly after?: string | undefined
}

export interface Deleted {
  /** Children included. */
  readonly deleted: number
  /** Where to go on; null when nothing is left to look at. */
  readonly next: string | null
  /** Of the tasks that were named those that stay. */
  readonly kept: readonly KeptTask[]
}

const countMax = 10_000
/** Looked at by one request: an answer must not take minutes. */
const tasksPerRequest = 1000

/** How many tasks would be deleted, without their children. Needs `task.delete`. */
export async function countDeletable(
  { sql }: App,
  actor: Actor | undefined,
  { filter, ids, endedBefore }: Deletable,
): Promise<{ count: number; isCapped: boolean }> {
  demand(actor, 'task.delete')
  const rows = await deletableTasks(sql, actor, filter, { ids, endedBefore, limit: countMax + 1 })
  return { count: Math.min(rows.length, countMax), isCapped: rows.length > countMax }
}

function demandReason(reason: string): void {
  const length = reason.trim().length
  const message =
    length === 0
      ? 'Say why: it stands on the audit record.'
      : length > limits.textLengthMax
        ? `At most ${limits.textLengthMax} characters.`
        : undefined
  if (message) throw new InputProblem([{ name: 'reason', message }])
}

/**
 * Deletes tasks that are over for good, with their children, logs and deliveries, the oldest first. What something still needs
 * stays (see engine/sweep.ts). Each batch commits with its audit entry. Needs `task.delete`; throws `InputProblem`.
 */
export async function deleteTasks(app: App, actor: Actor | undefined, deletion: Deletion): Promise<Deleted> {
  demand(actor, 'task.delete')
  const { sql } = app
  const { filter, ids, endedBefore, reason, after } = deletion
  demandReason(reason)
  demandNameable(ids)
  if (after !== undefined && !isId(after))
    throw new InputProblem([{ name: 'after', message: 'This is no id of a task.' }])
  const named = await judgeNamed(app, actor, ids)
  const rows = await deletableTasks(sql, actor, filter, { ids, endedBefore, after, limit: tasksPerRequest })
  const deleted = await removeTasks(
    sql,
    rows.map(({ id }) => id),
    (tx, { recordId, tasks, internal, labels }) =>
      record(tx, actor, [
        {
          id: recordId,
          action: 'task.delete',
          subjectType: 'task',
          reason: reason.trim(),
          details: { tasks, deliveries: internal, labels },
        },
      ]),
  )
  const next = rows.length < tasksPerRequest ? null : (rows.at(-1)?.id ?? null)
  return { deleted, next, kept: await stillThere(app, actor, named) }
}
