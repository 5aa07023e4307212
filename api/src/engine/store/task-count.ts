import type { TaskResult, TaskState } from '@stint/schema/words'
import type { AnySql } from '../../postgres/connect.ts'
import { plain, texts } from './arrays.ts'

/*
 * How many tasks there are of each state and result, for cards: a cache, the truth is the table `task`. Every row is a difference:
 * what a flush changed, what a removal took, what a fold made of many. Their sum is the number, exactly, for whoever reads it in
 * one statement, because each stands in the transaction of the tasks it speaks of. Sums do not ask who added what in which order:
 * so nobody waits for anybody, a fold replaces rows by their sum, and a repair is one more difference.
 */

export interface CountRow {
  readonly state: TaskState
  readonly result: TaskResult
  readonly n: number
}

export function insertCounts(sql: AnySql, rows: readonly CountRow[]) {
  return sql`
    -- insertCounts
    insert into task_count (state, result, n)
    select * from unnest(
      ${texts(rows.map((row) => row.state))}::text[], ${texts(rows.map((row) => row.result))}::text[],
      ${plain(rows.map((row) => row.n))}::bigint[]
    )`
}

/**
 * Tasks that were over and were claimed to go on, of those that this transaction has locked and tried to claim: whether a claim
 * took one is known to the database alone. Must come after the claim.
 */
export function insertRevivedCounts(
  sql: AnySql,
  was: readonly { readonly id: string; readonly result: TaskResult }[],
  executorId: string,
) {
  return sql`
    -- insertRevivedCounts
    insert into task_count (state, result, n)
    select change.state, change.result, change.n
    from unnest(${plain(was.map(({ id }) => id))}::uuid[], ${texts(was.map(({ result }) => result))}::text[]) as was (id, result)
    join task on task.id = was.id and task.executor_id = ${executorId}
    cross join lateral (values ('stopped', was.result, -1), (task.state, task.result, 1)) as change (state, result, n)
    where task.about_task_id is null`
}

/**
 * Replaces the oldest rows by their sums; nothing where there are no more than `above`. Returns how many went, at most `limit`. In
 * one statement: whoever reads meanwhile, and whoever dies, sees it whole or not at all. Of two at once the second waits, and
 * finds those rows gone. By a bound and not by a join with the ids: the planner knows the table as it was when it was small, and
 * a nested loop took 7 s for what takes 0.05 s.
 */
export async function foldCounts(sql: AnySql, above: number, limit: number): Promise<number> {
  const [row] = await sql<{ folded: number }[]>`
    -- foldCounts
    with folded as (
      delete from task_count
      where id <= (
        select max(id) from (select id from task_count order by id limit ${limit}) as oldest having count(*) > ${above}
      )
      returning state, result, n
    ), sums as (
      insert into task_count (state, result, n)
      select state, result, sum(n) from folded group by state, result having sum(n) <> 0
    )
    select count(*)::int as folded from folded`
  return row?.folded ?? 0
}

/** True in one transaction at a time: of two that compare at once each would add what is missing. */
export async function tryComparing(tx: AnySql): Promise<boolean> {
  const [row] = await tx<{ taken: boolean }[]>`
    -- tryComparing
    select
      pg_try_advisory_xact_lock(7301846) as taken,
      set_config('statement_timeout', '10min', true)`
  return row?.taken === true
}

/**
 * Counts all rows of `task`, and adds what the counts lack; returns that. One statement, so both sides are of one moment; what is
 * written while it counts comes with a difference of its own. Must run in the transaction of `tryComparing`, after it.
 */
export function repairCounts(tx: AnySql) {
  return tx<CountRow[]>`
    -- repairCounts
    with counted as (
      select state, result, sum(n) as n from task_count group by state, result
    ), there as (
      select state, result, count(*) as n from task where about_task_id is null group by state, result
    )
    insert into task_count (state, result, n)
    select state, result, coalesce(there.n, 0) - coalesce(counted.n, 0)
    from there
    full join counted using (state, result)
    where coalesce(there.n, 0) <> coalesce(counted.n, 0)
    returning state, result, n`
}
