import type { AnySql } from '../../postgres/connect.ts'
import { plain } from './arrays.ts'

/*
 * What stays of a task that was deleted: enough to tell those who could see it. Neither its title nor anything of its content.
 */

/** Must run before the tasks are deleted, in the same transaction. Internal tasks are nobody's: nothing stays of them. */
export function keepDeleted(tx: AnySql, ids: readonly string[], recordId: string) {
  return tx`
    -- keepDeleted
    insert into deleted_task (id, record_id, owner_id, resolvers, resolver_groups, watchers, watcher_groups)
    select id, ${recordId}::uuid, owner_id, resolvers, resolver_groups, watchers, watcher_groups
    from task
    where id = any(${plain(ids)}::uuid[]) and about_task_id is null`
}

/** Forgets up to `limit` of those that went longer ago than this, the oldest first; returns how many that were. */
export async function forgetDeleted(sql: AnySql, keepMs: number, limit: number): Promise<number> {
  const { count } = await sql`
    -- forgetDeleted
    delete from deleted_task
    where id in (
      select id from deleted_task
      where deleted_at < now() - make_interval(secs => ${keepMs / 1000}::float8)
      order by deleted_at
      limit ${limit}
    )`
  return count
}
