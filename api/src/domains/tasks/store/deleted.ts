import type { AnySql } from '../../../postgres/connect.ts'
import type { DeletedTask } from '../model.ts'

/** Those of these tasks that were deleted lately, with what the audit record says about it. */
export function deletedByIds(sql: AnySql, ids: readonly string[]): Promise<DeletedTask[]> {
  return sql<DeletedTask[]>`
    /* deletedByIds */
    select deleted_task.id, deleted_task.deleted_at, deleted_task.owner_id, deleted_task.resolvers,
      deleted_task.resolver_groups, deleted_task.watchers, deleted_task.watcher_groups,
      audit.actor_name as deleted_by, audit.reason, audit.details ->> 'rule' as rule
    from deleted_task
    left join audit on audit.id = deleted_task.record_id
    where deleted_task.id = any(${[...ids]}::uuid[])`
}
