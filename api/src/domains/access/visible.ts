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

/*
 * The rules of model.ts about who may act, as conditions on rows: for lists of what waits for a person. Statements must call the
 * table `task`, and `question` for answers. A test proves that both agree.
 */

const isAnybodys = ({ roles }: Actor) => roles.includes('admin') || roles.includes('operator')

/** `canResolveTask`. */
export function resolvableTasks(sql: AnySql, actor: Actor | undefined): postgres.Fragment {
  if (actor === undefined || !can(actor, 'task.resolve')) return sql`false`
  const visible = visibleTasks(sql, actor)
  if (isAnybodys(actor)) return visible
  return sql`(${visible}) and (
    task.resolvers @> ${[actor.name]}::text[] or task.resolver_groups && ${[...actor.groups]}::text[]
  )`
}

/** `canCommandTask`. */
export function commandableTasks(sql: AnySql, actor: Actor | undefined): postgres.Fragment {
  if (actor === undefined) return sql`false`
  const visible = visibleTasks(sql, actor)
  if (can(actor, 'task.command')) return visible
  return can(actor, 'task.create') ? sql`(${visible}) and task.owner_id = ${actor.userId}` : sql`false`
}

/** `canAnswer`, of a row of `question` and its task. */
export function answerableQuestions(sql: AnySql, actor: Actor | undefined): postgres.Fragment {
  if (actor === undefined) return sql`false`
  if (isAnybodys(actor) && can(actor, 'task.resolve')) return visibleTasks(sql, actor)
  return sql`(${visibleTasks(sql, actor)}) and case
    when question.answerers = '{}' and question.answerer_groups = '{}'
      then (${resolvableTasks(sql, actor)}) or (${commandableTasks(sql, actor)})
    else question.answerers @> ${[actor.name]}::text[] or question.answerer_groups && ${[...actor.groups]}::text[]
  end`
}
