import DataLoader from 'dataloader'
import type { App } from '../../base/app.ts'
import type { Actor } from '../access/model.ts'
import type { AttemptRow, EventRow, ExecutorRow, StepRow, StepStateCount, TaskRow } from './model.ts'
import { type ChildCountRow, childCountsOfTasks, childrenOfSteps } from './store/children.ts'
import { eventsOfTasks } from './store/events.ts'
import { executorsByIds } from './store/executors.ts'
import { childrenOfTasks, dependenciesOfTasks, tasksByIds } from './store/lists.ts'
import { type RelatedCounts, relatedCountsOfTasks } from './store/related.ts'
import {
  attemptsOfSteps,
  type ItemStateRow,
  itemStatesOfTasks,
  type StepPage,
  stepStatesOfTasks,
  stepsByKeys,
  stepsOfTasks,
} from './store/steps.ts'

interface Dependencies {
  readonly dependsOn: readonly string[]
  readonly blocks: readonly string[]
}

/** Attempts of one step that are shown; a step that was tried more often shows its newest. */
const attemptsShown = 100
/** Of a batch only the newest; all of them are a page of its own. */
const childTasksShown = 20

/** Nobody compares larger numbers of what belongs to one task; the page says `1,000+`. */
export const relatedMax = 1_000

const nothing = { children: 0, openChildren: 0, dependencies: 0, resources: 0, comments: 0 }

/** One page of the same shape for many tasks is one statement: a loader per shape. */
class PagesByTask<P, R> {
  readonly #loaders = new Map<string, DataLoader<string, readonly R[]>>()
  readonly #read: (ids: readonly string[], page: P) => Promise<ReadonlyMap<string, readonly R[]>>

  constructor(read: (ids: readonly string[], page: P) => Promise<ReadonlyMap<string, readonly R[]>>) {
    this.#read = read
  }

  load(taskId: string, page: P): Promise<readonly R[]> {
    const key = JSON.stringify(page)
    let loader = this.#loaders.get(key)
    if (loader === undefined) {
      loader = new DataLoader(async (ids) => {
        const found = await this.#read(ids, page)
        return ids.map((id) => found.get(id) ?? [])
      })
      this.#loaders.set(key, loader)
    }
    return loader.load(taskId)
  }
}

const stepKeyOf = (key: { taskId: string; stepNo: number }) => `${key.taskId}/${key.stepNo}`

/**
 * What one request (or one tick of the live views, for all who see the same) reads about tasks: each question is collected
 * until the turn ends and asked once for all. Nothing here outlives the request, so nothing here can be stale.
 */
export class TaskReader {
  readonly #tasks: DataLoader<string, TaskRow | undefined>
  readonly #dependencies: DataLoader<string, Dependencies>
  readonly #stepStates: DataLoader<string, readonly StepStateCount[]>
  readonly #itemStates: DataLoader<string, readonly ItemStateRow[]>
  readonly #step: DataLoader<{ taskId: string; stepNo: number }, StepRow | undefined, string>
  readonly #attempts: DataLoader<{ taskId: string; stepNo: number }, readonly AttemptRow[], string>
  readonly #executors: DataLoader<string, ExecutorRow | undefined>
  readonly #steps: PagesByTask<StepPage, StepRow>
  readonly #events: PagesByTask<{ after: number; size: number }, EventRow>
  readonly #children: PagesByTask<{ from?: string; size: number }, TaskRow>

  readonly #childCounts: DataLoader<string, readonly ChildCountRow[]>
  readonly #related: DataLoader<string, Omit<RelatedCounts, 'taskId'>>
  readonly #childTasks: DataLoader<{ taskId: string; stepNo: number }, readonly TaskRow[], string>

  constructor({ sql }: Pick<App, 'sql'>, actor: Actor | undefined) {
    this.#tasks = new DataLoader(async (ids) => {
      const rows = actor === undefined ? [] : await tasksByIds(sql, actor, ids)
      const found = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => found.get(id))
    })
    this.#dependencies = new DataLoader(async (ids) => {
      const rows = await dependenciesOfTasks(sql, ids)
      return ids.map((id) => ({
        dependsOn: rows.filter((row) => row.taskId === id).map((row) => row.dependsOnId),
        blocks: rows.filter((row) => row.dependsOnId === id).map((row) => row.taskId),
      }))
    })
    this.#stepStates = new DataLoader(async (ids) => {
      const found = Map.groupBy(await stepStatesOfTasks(sql, ids), (row) => row.taskId)
      return ids.map((id) => found.get(id) ?? [])
    })
    this.#itemStates = new DataLoader(async (ids) => {
      const found = Map.groupBy(await itemStatesOfTasks(sql, ids), (row) => row.taskId)
      return ids.map((id) => found.get(id) ?? [])
    })
    this.#step = new DataLoader(
      async (keys) => {
        const found = new Map((await stepsByKeys(sql, keys)).map((row) => [`${row.taskId}/${row.no}`, row]))
        return keys.map((key) => found.get(stepKeyOf(key)))
      },
      { cacheKeyFn: stepKeyOf },
    )
    this.#attempts = new DataLoader(
      async (keys) => {
        const found = Map.groupBy(await attemptsOfSteps(sql, keys, attemptsShown), stepKeyOf)
        return keys.map((key) => found.get(stepKeyOf(key)) ?? [])
      },
      { cacheKeyFn: stepKeyOf },
    )
    this.#executors = new DataLoader(async (ids) => {
      const found = new Map((await executorsByIds(sql, ids)).map((row) => [row.id, row]))
      return ids.map((id) => found.get(id))
    })
    this.#childCounts = new DataLoader(async (ids) => {
      const rows = actor === undefined ? [] : await childCountsOfTasks(sql, actor, ids)
      const found = Map.groupBy(rows, (row) => row.taskId)
      return ids.map((id) => found.get(id) ?? [])
    })
    this.#related = new DataLoader(async (ids) => {
      const rows = actor === undefined ? [] : await relatedCountsOfTasks(sql, actor, ids, relatedMax)
      const found = new Map(rows.map((row) => [row.taskId, row]))
      return ids.map((id) => found.get(id) ?? nothing)
    })
    this.#childTasks = new DataLoader(
      async (keys) => {
        const rows = actor === undefined ? [] : await childrenOfSteps(sql, actor, keys, childTasksShown)
        const found = Map.groupBy(rows, (row) => `${row.parentId}/${row.parentStepNo}`)
        return keys.map((key) => found.get(stepKeyOf(key)) ?? [])
      },
      { cacheKeyFn: stepKeyOf },
    )
    this.#steps = new PagesByTask(async (ids, page) =>
      Map.groupBy(await stepsOfTasks(sql, ids, page), (row) => row.taskId),
    )
    this.#events = new PagesByTask(async (ids, { after, size }) => {
      const wanted = ids.map((taskId) => ({ taskId, after }))
      return Map.groupBy(await eventsOfTasks(sql, wanted, size), (row) => row.taskId)
    })
    this.#children = new PagesByTask(async (ids, page) => {
      if (actor === undefined) return new Map()
      return Map.groupBy(await childrenOfTasks(sql, actor, ids, page), (row) => row.parentId ?? '')
    })
  }

  /** `undefined` for a task that does not exist and for one the actor may not see: nobody can tell which. */
  task(id: string): Promise<TaskRow | undefined> {
    return this.#tasks.load(id)
  }

  /** A row that came from elsewhere and that the actor may see: it need not be asked for. */
  keep(row: TaskRow): void {
    this.#tasks.clear(row.id).prime(row.id, row)
  }

  /** Those of the ids that the actor may see, in the order given. */
  async tasks(ids: readonly string[]): Promise<TaskRow[]> {
    const rows = await Promise.all(ids.map((id) => this.#tasks.load(id)))
    return rows.filter((row) => row !== undefined)
  }

  async dependsOn(taskId: string): Promise<TaskRow[]> {
    return this.tasks((await this.#dependencies.load(taskId)).dependsOn)
  }

  async blocks(taskId: string): Promise<TaskRow[]> {
    return this.tasks((await this.#dependencies.load(taskId)).blocks)
  }

  /** Oldest first, one more than `size` when there are more. */
  children(taskId: string, page: { from?: string; size: number }): Promise<readonly TaskRow[]> {
    return this.#children.load(taskId, page)
  }

  /** How much there is about it besides itself, each at most `relatedMax`. */
  relatedCounts(taskId: string): Promise<Omit<RelatedCounts, 'taskId'>> {
    return this.#related.load(taskId)
  }

  /** How many children have which state and result. */
  childCounts(taskId: string): Promise<readonly ChildCountRow[]> {
    return this.#childCounts.load(taskId)
  }

  /** Tasks that a step started, newest first, at most 20. */
  childTasks(taskId: string, stepNo: number): Promise<readonly TaskRow[]> {
    return this.#childTasks.load({ taskId, stepNo })
  }

  stepStates(taskId: string): Promise<readonly StepStateCount[]> {
    return this.#stepStates.load(taskId)
  }

  /** Of the items of one loop; empty for a step that is none. */
  async itemStates(taskId: string, parentNo: number): Promise<readonly StepStateCount[]> {
    return (await this.#itemStates.load(taskId)).filter((row) => row.parentNo === parentNo)
  }

  /** By number, one more than `size` when there are more. */
  steps(taskId: string, page: StepPage): Promise<readonly StepRow[]> {
    return this.#steps.load(taskId, page)
  }

  step(taskId: string, stepNo: number): Promise<StepRow | undefined> {
    return this.#step.load({ taskId, stepNo })
  }

  /** Newest first, at most 100. */
  attempts(taskId: string, stepNo: number): Promise<readonly AttemptRow[]> {
    return this.#attempts.load({ taskId, stepNo })
  }

  events(taskId: string, after: number, size: number): Promise<readonly EventRow[]> {
    return this.#events.load(taskId, { after, size })
  }

  executor(id: string): Promise<ExecutorRow | undefined> {
    return this.#executors.load(id)
  }
}
