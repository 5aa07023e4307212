import type { AnySql } from '../../postgres/connect.ts'
import { isServed } from './dispatch.ts'

/**
 * Tasks that could be claimed, that nobody owns, and that no waiting or running job speaks of, oldest first: their hint was
 * lost. Those with a job only wait for an executor that has room, and be it for hours. `olderThanSeconds` leaves out those
 * whose hint is still on its way. Of one region where that is given.
 */
export function findUnhinted(sql: AnySql, olderThanSeconds: number, limit: number, region?: string) {
  return sql<{ id: string }[]>`
    -- findUnhinted
    with unclaimed as materialized (
      select id
      from task
      where executor_id is null and kind = 'run'
        and (state = 'pending' and reason = 'queued' or state = 'running' and reason is null)
        and state_updated_at <= now() - make_interval(secs => ${olderThanSeconds})
        and ${region === undefined ? isServed(sql) : sql`region = ${region}`}
    ), hinted as materialized (
      select distinct jsonb_array_elements_text(data -> 'ids')::uuid as id
      from pgboss.job
      where (name = 'advance' or name like 'advance.%') and state in ('created', 'retry', 'active')
        and exists (select from unclaimed)
    )
    select id from unclaimed where id not in (select id from hinted) order by id limit ${limit}`
}

/**
 * Tasks that nobody owns, that could be claimed or have mail, and of which a job speaks that was fetched and is not done. Most
 * are being claimed at this moment; of the others the fetch was lost with its connection.
 */
export function findFetched(sql: AnySql, limit: number) {
  return sql<{ id: string }[]>`
    -- findFetched
    with fetched as materialized (
      select distinct jsonb_array_elements_text(data -> 'ids')::uuid as id
      from pgboss.job
      where (name = 'advance' or name like 'advance.%') and state = 'active'
    )
    select task.id
    from fetched
    join task on task.id = fetched.id
    where executor_id is null and state <> 'stopped' and (
      kind = 'run' and (state = 'pending' and reason = 'queued' or state = 'running' and reason is null)
      or exists (select from signal where signal.task_id = task.id)
    )
    order by task.id
    limit ${limit}`
}
