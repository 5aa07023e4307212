import type postgres from 'postgres'
import type { AnySql } from '../../postgres/connect.ts'
import { type Actor, can } from './model.ts'

/**
 * The condition under which this actor may see a row of `task`; the statement must call the table `task`.
 * The same rule as `canSeeTask`; internal tasks, which are nobody's, are left out. Whoever sees everything costs nothing more.
 */
export function visibleTasks(sql: AnySql, actor: Actor | undefined): postgres.Fragment {
  if (actor === undefined) return sql`false`
  if (can(actor, 'task.view_all')) return sql`task.about_task_id is null`
  if (!can(actor, 'task.view')) return sql`false`
  return sql`task.about_task_id is null and (
    task.owner_id = ${actor.userId}
    or task.watchers @> ${[actor.name]}::text[]
    or task.watcher_groups && ${[...actor.groups]}::text[]
    or task.resolvers @> ${[actor.name]}::text[]
    or task.resolver_groups && ${[...actor.groups]}::text[]
  )`
}
