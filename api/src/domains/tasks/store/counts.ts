import type { TaskResult, TaskState } from '@stint/schema/words'
import type { AnySql } from '../../../postgres/connect.ts'
import type { Actor } from '../../access/model.ts'
import { visibleTasks } from '../../access/visible.ts'
import { outcomesOf, type TaskFilter } from '../filter.ts'
import { otherConditions } from './lists.ts'

export interface OutcomeCountRow {
  readonly state: TaskState
  readonly result: TaskResult
  readonly count: number
  /** Of the newest task counted: its start, or its creation when it has not started. */
  readonly latestAt: Date | null
}

/**
 * How many tasks of each state and result the actor may see and the filter lets through; pairs without tasks are left out.
 * Counts rows up to `cap` per pair: beyond it a number helps nobody and costs a walk through the whole history.
 */
export async function countByOutcome(
  sql: AnySql,
  actor: Actor,
  filter: TaskFilter,
  cap: number | undefined,
): Promise<OutcomeCountRow[]> {
  const wanted = outcomesOf(filter)
  const conditions = sql`
    task.state = pair.state and task.result = pair.result
    and ${visibleTasks(sql, actor)} ${otherConditions(sql, filter, actor)}
  `
  return sql<OutcomeCountRow[]>`
    /* countByOutcome */
    select pair.state, pair.result, counted.count, newest.latest_at
    from unnest(${wanted.map((pair) => pair.state)}::text[], ${wanted.map((pair) => pair.result)}::text[])
      with ordinality as pair (state, result, place)
    cross join lateral (
      select count(*)::int as count
      from (
        select 1
        from task
        where ${conditions}
        ${cap === undefined ? sql`` : sql`limit ${cap}`}
      ) as counting
    ) as counted
    cross join lateral (
      select coalesce(task.started_at, task.created_at) as latest_at
      from task
      where ${conditions}
      order by task.id desc
      limit 1
    ) as newest
    order by pair.place
  `
}

export async function anyTask(sql: AnySql): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    /* anyTask */
    select exists (select 1 from task) as found
  `
  return row?.found ?? false
}
