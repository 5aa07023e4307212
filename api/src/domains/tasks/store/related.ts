import type { AnySql } from '../../../postgres/connect.ts'
import type { Actor } from '../../access/model.ts'
import { visibleTasks } from '../../access/visible.ts'

/** How much there is about a task besides itself. */
export interface RelatedCounts {
  readonly taskId: string
  readonly children: number
  /** Of these, those that are not over. */
  readonly openChildren: number
  readonly dependencies: number
  readonly resources: number
  readonly comments: number
}

/**
 * For many tasks how much of each kind there is, as far as the actor may see it: one statement, and of nothing more than `most`
 * is counted, nor are more than `most` of the newest events looked through for comments.
 */
export async function relatedCountsOfTasks(
  sql: AnySql,
  actor: Actor,
  ids: readonly string[],
  most: number,
): Promise<RelatedCounts[]> {
  const visible = visibleTasks(sql, actor)
  return sql<RelatedCounts[]>`
    /* relatedCountsOfTasks */
    select wanted.id as task_id,
      (select count(*)::int from (
        select from task where task.parent_id = wanted.id and ${visible} limit ${most}
      ) as child) as children,
      (select count(*)::int from (
        select from task where task.parent_id = wanted.id and task.state <> 'stopped' and ${visible} limit ${most}
      ) as child) as open_children,
      (select count(*)::int from (
        select from task_dependency as d join task on task.id = d.depends_on_id
        where d.task_id = wanted.id and ${visible}
        union all
        select from task_dependency as d join task on task.id = d.task_id
        where d.depends_on_id = wanted.id and ${visible}
        limit ${most}
      ) as dependency) as dependencies,
      (select count(*)::int from (
        select resource_type, resource_id from link where link.task_id = wanted.id
        union
        select resource_type, resource_id from hold
        where hold.task_id = wanted.id and (hold.until is null or hold.until > now())
        union
        select resource_type, resource_id from wait where wait.task_id = wanted.id
        limit ${most}
      ) as resource) as resources,
      (select greatest(0,
        count(*) filter (where name = 'comment') - count(*) filter (where name = 'comment-withdrawn')
      )::int from (
        select name from event where event.task_id = wanted.id order by event.seq desc limit ${most}
      ) as newest) as comments
    from unnest(${[...ids]}::uuid[]) as wanted (id)
  `
}
