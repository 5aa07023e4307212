import type postgres from 'postgres'
import type { AnySql } from '../../../postgres/connect.ts'
import type { Actor } from '../../access/model.ts'
import { visibleTasks } from '../../access/visible.ts'
import { choosesOutcomes, outcomesOf, type TaskFilter } from '../filter.ts'
import type { TaskRow } from '../model.ts'

type Fragment = postgres.Fragment

/** Everything of the narrow row that people read; the one place where the columns stand. */
export function taskColumns(sql: AnySql): Fragment {
  return sql`
    task.id, task.kind, task.label, task.title, task.state, task.result, task.reason, task.executor_id, task.epoch,
    task.takeovers, task.last_seq, task.progress, task.priority, task.region, task.template_id, task.owner_id,
    task.owner_name, task.resolvers, task.resolver_groups, task.watchers, task.watcher_groups, task.parent_id,
    task.parent_step_no, task.tags,
    task.error_summary, task.start_at, task.start_before, task.created_at, task.started_at, task.ended_at,
    task.keep_seconds::float8 as keep_seconds, task.state_updated_at
  `
}

function holdsText(sql: AnySql, text: string): Fragment {
  const wanted = text.trim().toLowerCase()
  return sql`(
    position(${wanted} in lower(task.title)) > 0
    or position(${wanted} in lower(task.label)) > 0
    or position(${wanted} in lower(coalesce(task.error_summary, ''))) > 0
    or task.id::text = ${wanted}
  )`
}

/** All of a filter but its states and results. */
export function otherConditions(sql: AnySql, filter: TaskFilter, actor: Actor): Fragment {
  const { labels, templateName, parentId, mine, text } = filter
  return sql`
    ${labels ? sql`and task.label = any(${[...labels]}::text[])` : sql``}
    ${templateName ? sql`and task.label = ${templateName} and task.template_id is not null` : sql``}
    ${parentId ? sql`and task.parent_id = ${parentId}` : sql``}
    ${mine ? sql`and task.owner_id = ${actor.userId}` : sql``}
    ${text?.trim() ? sql`and ${holdsText(sql, text)}` : sql``}
  `
}

/** One screenful of a list: `size` + 1 rows, so that the caller sees whether there is more. */
export interface ListPage {
  readonly direction: 'newer-first' | 'older-first'
  /** The id of the row after which the page begins. */
  readonly from?: string
  readonly size: number
}

function beyond(sql: AnySql, page: ListPage): Fragment {
  if (page.from === undefined) return sql``
  return page.direction === 'newer-first' ? sql`and task.id < ${page.from}` : sql`and task.id > ${page.from}`
}

function inOrder(sql: AnySql, page: ListPage): Fragment {
  const direction = page.direction === 'newer-first' ? sql`desc` : sql`asc`
  return sql`order by task.id ${direction} limit ${page.size + 1}`
}

/**
 * Tasks that the actor may see and the filter lets through, by id, which is by time of creation.
 * A filter on state or result becomes one ordered index walk per possible pair, merged: the planner alone would
 * choose between walking everything and sorting everything, and guess wrong for one of "stopped" and "paused".
 * Measured: bench/lists.ts.
 */
export async function listTasks(
  sql: AnySql,
  actor: Actor,
  filter: TaskFilter,
  page: ListPage,
): Promise<TaskRow[]> {
  const conditions = sql`${visibleTasks(sql, actor)} ${otherConditions(sql, filter, actor)} ${beyond(sql, page)}`
  if (!choosesOutcomes(filter)) {
    return sql<TaskRow[]>`
      /* listTasks */
      select ${taskColumns(sql)}
      from task
      where ${conditions}
      ${inOrder(sql, page)}
    `
  }
  const wanted = outcomesOf(filter)
  return sql<TaskRow[]>`
    /* listTasksOfOutcomes */
    select ${taskColumns(sql)}
    from unnest(${wanted.map((pair) => pair.state)}::text[], ${wanted.map((pair) => pair.result)}::text[])
      as pair (state, result)
    cross join lateral (
      select task.*
      from task
      where task.state = pair.state and task.result = pair.result and ${conditions}
      ${inOrder(sql, page)}
    ) as task
    ${inOrder(sql, page)}
  `
}

/** Those of the ids that exist and that the actor may see, in no order. */
export async function tasksByIds(sql: AnySql, actor: Actor, ids: readonly string[]): Promise<TaskRow[]> {
  if (ids.length === 0) return []
  return sql<TaskRow[]>`
    /* tasksByIds */
    select ${taskColumns(sql)}
    from task
    where task.id = any(${[...ids]}::uuid[]) and ${visibleTasks(sql, actor)}
  `
}

/** Tasks that name a resource, newest first, after the task `from`: `size` + 1 of them. */
export async function tasksOfResource(
  sql: AnySql,
  actor: Actor,
  { type, id }: { readonly type: string; readonly id: string },
  page: { readonly from?: string; readonly size: number },
): Promise<TaskRow[]> {
  return sql<TaskRow[]>`
    /* tasksOfResource */
    select ${taskColumns(sql)}
    from (
      select distinct link.task_id from link
      where link.resource_type = ${type} and link.resource_id = ${id}
        ${page.from === undefined ? sql`` : sql`and link.task_id < ${page.from}`}
      order by link.task_id desc
    ) as named
    join task on task.id = named.task_id
    where ${visibleTasks(sql, actor)}
    order by named.task_id desc
    limit ${page.size + 1}
  `
}

/** Children of many tasks at once: for each parent its oldest `size` + 1 after the task `from`. */
export async function childrenOfTasks(
  sql: AnySql,
  actor: Actor,
  parentIds: readonly string[],
  page: { readonly from?: string; readonly size: number },
): Promise<TaskRow[]> {
  return sql<TaskRow[]>`
    /* childrenOfTasks */
    select ${taskColumns(sql)}
    from unnest(${[...parentIds]}::uuid[]) as parent (id)
    cross join lateral (
      select task.*
      from task
      where task.parent_id = parent.id and ${visibleTasks(sql, actor)}
        ${page.from === undefined ? sql`` : sql`and task.id > ${page.from}`}
      order by task.id
      limit ${page.size + 1}
    ) as task
    order by task.id
  `
}

export interface DependencyRow {
  readonly taskId: string
  readonly dependsOnId: string
}

/** Both directions at once: what these tasks wait for, and what waits for them. */
export async function dependenciesOfTasks(sql: AnySql, ids: readonly string[]): Promise<DependencyRow[]> {
  return sql<DependencyRow[]>`
    /* dependenciesOfTasks */
    select task_id, depends_on_id
    from task_dependency
    where task_id = any(${[...ids]}::uuid[])
    union
    select task_id, depends_on_id
    from task_dependency
    where depends_on_id = any(${[...ids]}::uuid[])
    order by 1, 2
  `
}
