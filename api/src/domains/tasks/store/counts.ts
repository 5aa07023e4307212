import type { TaskResult, TaskState } from '@stint/schema/words'
import type postgres from 'postgres'
import type { AnySql } from '../../../postgres/connect.ts'
import type { Actor } from '../../access/model.ts'
import { visibleTasks } from '../../access/visible.ts'
import { type Outcome, outcomes, outcomesOf, type TaskFilter } from '../filter.ts'
import { otherConditions } from './lists.ts'

export interface OutcomeCountRow {
  readonly state: TaskState
  readonly result: TaskResult
  readonly count: number
  /** Of the newest task counted: its start, or its creation when it has not started. */
  readonly latestAt: Date | null
}

type Fragment = postgres.Fragment

/** The rows `pair` to count, in the order of the words. */
function pairs(sql: AnySql, wanted: readonly Outcome[]): Fragment {
  return sql`
    unnest(${wanted.map((pair) => pair.state)}::text[], ${wanted.map((pair) => pair.result)}::text[])
      with ordinality as pair (state, result, place)`
}

function latest(sql: AnySql, conditions: Fragment): Fragment {
  return sql`(
    select coalesce(task.started_at, task.created_at) as latest_at
    from task
    where task.state = pair.state and task.result = pair.result and ${conditions}
    order by task.id desc
    limit 1
  )`
}

/**
 * How many tasks of each state and result the actor may see and the filter lets through; pairs without tasks are left out.
 * Counts rows up to `cap` per pair: beyond it a number helps nobody and costs a walk through the whole history.
 */
export async function countByOutcome(
  sql: AnySql,
  actor: Actor,
  filter: TaskFilter,
  cap: number,
): Promise<OutcomeCountRow[]> {
  const conditions = sql`${visibleTasks(sql, actor)} ${otherConditions(sql, filter, actor)}`
  return sql<OutcomeCountRow[]>`
    /* countByOutcome */
    select pair.state, pair.result, counted.count, newest.latest_at
    from ${pairs(sql, outcomesOf(filter))}
    cross join lateral (
      select count(*)::int as count
      from (
        select 1
        from task
        where task.state = pair.state and task.result = pair.result and ${conditions}
        limit ${cap}
      ) as counting
    ) as counted
    cross join lateral ${latest(sql, conditions)} as newest
    order by pair.place
  `
}

/**
 * The same of all tasks, for whoever may see them: the sum of the engine's differences, of those that were folded and of those
 * that were not, so it is exact. Nothing but a card may come of it, for it is no more than a cache (engine/store/task-count.ts).
 */
export async function countAll(sql: AnySql): Promise<OutcomeCountRow[]> {
  return sql<OutcomeCountRow[]>`
    /* countAll */
    with counted as (
      select state, result, sum(n)::int as count
      from task_count
      group by state, result
    )
    select pair.state, pair.result, counted.count, newest.latest_at
    from ${pairs(sql, outcomes)}
    join counted on counted.state = pair.state and counted.result = pair.result
    left join lateral ${latest(sql, sql`task.about_task_id is null`)} as newest on true
    where counted.count > 0
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
