import DataLoader from 'dataloader'
import type { App } from '../../base/app.ts'
import { cutPage, decodeCursor, type Page, pageSize } from '../../base/page.ts'
import { Problem } from '../../base/problem.ts'
import { resourceOf } from '../../engine/lock.ts'
import {
  linksOfTasks,
  listResources,
  type ResourceFigures,
  type ResourceUse,
  readResource,
  type TaskLink,
} from '../../engine/lock-read.ts'
import { type Actor, demand } from '../access/model.ts'
import { resourceLimitsOf } from '../settings/model.ts'
import { readSettings } from '../settings/read.ts'
import type { TaskRow } from './model.ts'
import { tasksByIds, tasksOfResource } from './store/lists.ts'

async function limitsNow(app: App): Promise<(name: string) => number | undefined> {
  const limits = resourceLimitsOf((await readSettings(app)).resource_limits)
  return (name) => limits.get(name)
}

/** Links of many tasks in one go; whoever sees a task sees what it holds. */
export function linkLoader({ sql }: Pick<App, 'sql'>): DataLoader<TaskRow, TaskLink[], string> {
  return new DataLoader(
    async (tasks) => {
      const byTask = Map.groupBy(await linksOfTasks(sql, tasks), (link) => link.taskId)
      return tasks.map((task) => byTask.get(task.id) ?? [])
    },
    { cacheKeyFn: (task) => task.id },
  )
}

export interface ResourceSearch {
  readonly text?: string | null
  readonly onlyBusy?: boolean | null
  readonly first?: number | null
  readonly after?: string | null
}

/** Resources by name. Needs `task.view`; counts also what the actor may not see. Throws `invalid-cursor`. */
export async function resourcesPage(
  app: App,
  actor: Actor | undefined,
  search: ResourceSearch,
): Promise<Page<ResourceFigures>> {
  demand(actor, 'task.view')
  const size = pageSize(search.first)
  const rows = await listResources(
    app.sql,
    {
      text: search.text ?? undefined,
      onlyBusy: search.onlyBusy ?? true,
      after: search.after ? placeOf(search.after) : undefined,
      limit: size + 1,
    },
    await limitsNow(app),
  )
  return cutPage(rows, size)
}

function placeOf(cursor: string): { type: string; id: string } {
  const [type, id] = decodeCursor(cursor, 2)
  if (typeof type === 'string' && typeof id === 'string') return { type, id }
  throw new Problem('invalid-cursor', 'This place belongs to another list; begin again with the first page.')
}

export interface ResourceDetail {
  readonly name: string
  readonly capacity: number | undefined
  readonly holders: readonly (ResourceUse & { readonly task: TaskRow })[]
  readonly waiters: readonly (ResourceUse & { readonly task: TaskRow })[]
  readonly holderCount: number
  readonly waiterCount: number
}

/** Who holds a resource and who waits for it, as far as the actor may see the tasks; undefined for what is no name. */
export async function resourceDetail(
  app: App,
  actor: Actor | undefined,
  name: string,
): Promise<ResourceDetail | undefined> {
  demand(actor, 'task.view')
  const found = await readResource(app.sql, name, await limitsNow(app))
  if (!found) return undefined
  const ids = [...found.holders, ...found.waiters].map((use) => use.taskId)
  const tasks = new Map((await tasksByIds(app.sql, actor, [...new Set(ids)])).map((task) => [task.id, task]))
  const visible = (uses: readonly ResourceUse[]) =>
    uses.flatMap((use) => {
      const task = tasks.get(use.taskId)
      return task ? [{ ...use, task }] : []
    })
  return {
    name,
    capacity: found.capacity,
    holders: visible(found.holders),
    waiters: visible(found.waiters),
    holderCount: found.holders.length,
    waiterCount: found.waiters.length,
  }
}

/** Tasks that name a resource, newest first, as far as the actor may see them: one more than the page when there is more. */
export async function tasksNaming(
  app: App,
  actor: Actor | undefined,
  name: string,
  page: { readonly from?: string; readonly size: number },
): Promise<TaskRow[]> {
  demand(actor, 'task.view')
  const resource = resourceOf(name)
  return resource ? tasksOfResource(app.sql, actor, resource, page) : []
}
