import type { AnySql } from '../../postgres/connect.ts'
import type { ChildCounts, ChildOutline, ChildTask } from '../child-door.ts'
import { plain } from './arrays.ts'

export interface StepKey {
  readonly taskId: string
  readonly stepNo: number
}

/** Living children of a step; `counted` stops at `countedMax`. */
export interface LivingChildren extends StepKey {
  readonly counted: number
  /** The place of the oldest of them: more than that many are over. */
  readonly oldestIndex: number | null
  /** Those of them that stop with their parent. */
  readonly stopping: number
}

/** More are not counted: whether any lives is what matters, and a step may have 10,000. */
export const countedMax = 200

/**
 * What the steps of these tasks gave birth to is theirs no longer: they began anew. A group below zero says so; the children keep
 * their parent. Rows of others, one after the other: a flush that holds one of them and wants another is repeated.
 */
export function disownChildren(sql: AnySql, taskIds: readonly string[]) {
  return sql`
    -- disownChildren
    update task set born_group = -born_group
    where parent_id = any(${plain(taskIds)}::uuid[]) and born_group > 0`
}

/** For steps that may have children; steps without a living one come with zeros. */
export function findLivingChildren(sql: AnySql, keys: readonly StepKey[]): Promise<LivingChildren[]> {
  return sql<LivingChildren[]>`
    -- findLivingChildren
    select u.task_id, u.step_no, living.counted, living.stopping, living.oldest_index
    from unnest(${plain(keys.map((k) => k.taskId))}::uuid[], ${plain(keys.map((k) => k.stepNo))}::int[]) as u (task_id, step_no)
    cross join lateral (
      select count(*)::int as counted, count(*) filter (where bound.stops_with_parent)::int as stopping,
        (array_agg(bound.born_index order by bound.id))[1] as oldest_index
      from (
        select task.id, task.born_index, task.stops_with_parent
        from task
        where task.parent_id = u.task_id and task.parent_step_no = u.step_no and task.state <> 'stopped'
          and task.born_group > 0
        order by task.id
        limit ${countedMax}
      ) as bound
    ) as living`
}

export interface OldestChild extends StepKey {
  readonly id: string
  readonly title: string
  readonly state: string
  readonly reason: string | null
}

/** Of each of these tasks the oldest child that lives; tasks without one are absent. */
export function findOldestChildren(sql: AnySql, taskIds: readonly string[]): Promise<OldestChild[]> {
  return sql<OldestChild[]>`
    -- findOldestChildren
    select u.task_id, child.id, child.step_no, child.title, child.state, child.reason
    from unnest(${plain(taskIds)}::uuid[]) as u (task_id)
    cross join lateral (
      select task.id, task.parent_step_no as step_no, task.title, task.state, task.reason
      from task
      where task.parent_id = u.task_id and task.state <> 'stopped' and task.born_group > 0
      order by task.parent_step_no, task.id
      limit 1
    ) as child`
}

/** Part of a statement. */
const newest = (sql: AnySql, { taskId, stepNo }: StepKey) => sql`(
  select distinct on (born_index)
    id, born_index, title, state, result, reason, error_summary, resolvers, owner_name
  from task
  where parent_id = ${taskId} and parent_step_no = ${stepNo} and born_group > 0
  order by born_index, born_group desc
)`

export async function countChildren(sql: AnySql, key: StepKey): Promise<ChildCounts> {
  const [row] = await sql<ChildCounts[]>`
    -- countChildren
    select
      count(*)::int as total,
      count(*) filter (where state <> 'stopped')::int as living,
      count(*) filter (where result = 'success')::int as success,
      count(*) filter (where result = 'warning')::int as warning,
      count(*) filter (where result = 'error')::int as error,
      count(*) filter (where result = 'cancelled')::int as cancelled
    from ${newest(sql, key)} as child`
  return row as ChildCounts
}

/** By their place. */
export function outlineChildren(sql: AnySql, key: StepKey): Promise<ChildOutline[]> {
  return sql<ChildOutline[]>`
    -- outlineChildren
    select born_index as index, state, result from ${newest(sql, key)} as child order by born_index`
}

/** By their place. */
export function findNewestChildren(
  sql: AnySql,
  key: StepKey,
  { unwell, limit }: { unwell: boolean; limit: number },
): Promise<ChildTask[]> {
  return sql<ChildTask[]>`
    -- findNewestChildren
    select id, born_index as index, title, state, result, reason, error_summary, resolvers, owner_name
    from ${newest(sql, key)} as child
    where ${unwell ? sql`result in ('error', 'cancelled')` : sql`true`}
    order by born_index
    limit ${limit}`
}
