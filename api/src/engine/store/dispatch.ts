import type { AnySql } from '../../postgres/connect.ts'
import { plain } from './arrays.ts'

/** Where a task is to be advanced, and how soon. */
export interface DispatchRow {
  readonly id: string
  /** null is anywhere. */
  readonly region: string | null
  /** The higher the sooner. */
  readonly urgency: number
}

/** Tasks of one owner that are told apart; behind them first come, first served. */
const ranks = 1000

/** A region that no executor was ever started in has no queue: nobody would take what is put there. */
export const isServed = (sql: AnySql) => sql`
  (task.region is null or exists (select from executor where executor.region = task.region))`

/**
 * Those of the tasks whose region has a queue. By priority first. Of the same priority, tasks that have begun come before new ones, and a new one stands the further behind
 * the more of its owner's already wait: whoever starts 10,000 tasks does not keep the only one of somebody else waiting.
 */
export function findDispatch(sql: AnySql, ids: readonly string[]) {
  return sql<DispatchRow[]>`
    -- findDispatch
    with woken as (
      select id, region, priority, owner_name,
        executor_id is null and state = 'pending' and reason = 'queued' and started_at is null as is_new
      from task
      where id = any(${plain(ids)}::uuid[]) and ${isServed(sql)}
    ), queued as (
      select owner.name, (
        select count(*)::int from (
          select from task
          where task.owner_name = owner.name and executor_id is null and kind = 'run' and state = 'pending'
            and reason = 'queued'
          limit ${ranks}
        ) as one
      ) as n
      from (select distinct owner_name as name from woken where is_new) owner
    )
    select id, region, priority * ${ranks + 1} + ${ranks} - coalesce(queued.n, 0) as urgency
    from woken
    left join queued on is_new and queued.name = woken.owner_name`
}
