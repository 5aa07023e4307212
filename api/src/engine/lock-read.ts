import type { TaskState } from '@stint/schema/words'
import type { AnySql } from '../postgres/connect.ts'
import { wholeTask } from './change.ts'
import { type LockMode, nameOfResource, resourceOf } from './lock.ts'
import {
  findCapacity,
  findHoldersOf,
  findHolds,
  findResources,
  findWaitersOf,
  findWaits,
  type HoldRow,
  type ResourcePage,
  type WaitRow,
} from './store/hold-read.ts'
import { findLinks, type LinkRow } from './store/link.ts'

/** `linked` named, not taken · `held` by the task, one of its steps or an ancestor · `waiting` in the queue · `freed` given back. */
export type LinkState = 'linked' | 'held' | 'waiting' | 'freed'

/** A resource that a task names, holds or waits for. */
export interface TaskLink {
  readonly taskId: string
  readonly resource: string
  /** Absent: it only refers to it. */
  readonly mode: LockMode | undefined
  readonly operation: string
  readonly state: LinkState
  readonly since: Date | undefined
  /** The step that holds or awaits it; absent for the task itself. */
  readonly stepNo: number | undefined
  /** In the queue, from 1. */
  readonly position: number | undefined
  readonly capacity: number | undefined
  /** Ids of tasks that stand in the way. */
  readonly blockers: readonly string[]
  /** When a rate lets the next start through. */
  readonly nextSlotAt: Date | undefined
}

/** All links of these tasks, in three statements whatever their number; by task, then by name. */
export async function linksOfTasks(
  sql: AnySql,
  tasks: readonly { readonly id: string; readonly state: TaskState }[],
): Promise<TaskLink[]> {
  const ids = tasks.map((task) => task.id)
  const [links, holds, waits] = await Promise.all([
    findLinks(sql, ids),
    findHolds(sql, ids),
    findWaits(sql, ids),
  ])
  const stateOf = new Map(tasks.map((task) => [task.id, task.state]))
  const taken = [...holds.map(linkOfHold), ...waits.map(linkOfWait)]
  const known = new Set(taken.filter((link) => link.stepNo === undefined).map(keyOf))
  const named = links
    .map((row) => linkOfRow(row, stateOf.get(row.taskId)))
    .filter((link) => !known.has(keyOf(link)))
  return [...taken, ...named].sort(
    (a, b) =>
      compare(a.taskId, b.taskId) || compare(a.resource, b.resource) || (a.stepNo ?? -1) - (b.stepNo ?? -1),
  )
}

const keyOf = ({ taskId, resource, operation }: TaskLink) => `${taskId}\0${resource}\0${operation}`
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const untold = {
  since: undefined,
  position: undefined,
  capacity: undefined,
  blockers: [],
  nextSlotAt: undefined,
} as const

function nameOf({ resourceType, resourceId }: { resourceType: string; resourceId: string }): string {
  return nameOfResource({ type: resourceType, id: resourceId })
}

function stepOf(stepNo: number): number | undefined {
  return stepNo === wholeTask ? undefined : stepNo
}

function linkOfHold(row: HoldRow): TaskLink {
  const { taskId, mode, operation, since, stepNo } = row
  return {
    ...untold,
    taskId,
    resource: nameOf(row),
    mode,
    operation,
    state: 'held',
    since,
    stepNo: stepOf(stepNo),
  }
}

function linkOfWait(row: WaitRow): TaskLink {
  const { taskId, mode, operation, since, stepNo, position, capacity, blockers, nextSlotAt } = row
  return {
    taskId,
    resource: nameOf(row),
    mode,
    operation,
    state: 'waiting',
    since,
    stepNo: stepOf(stepNo),
    position,
    capacity: capacity ?? undefined,
    blockers,
    nextSlotAt: nextSlotAt ?? undefined,
  }
}

/** A wish without a hold of its own: an ancestor of a task that runs covers it. */
function linkOfRow(row: LinkRow, state: TaskState | undefined): TaskLink {
  const { taskId, mode, operation, capacity } = row
  const isTaken = mode !== null && (state === 'running' || state === 'paused')
  const isOver = mode !== null && state === 'stopped'
  return {
    ...untold,
    taskId,
    resource: nameOf(row),
    mode: mode ?? undefined,
    operation,
    state: isTaken ? 'held' : isOver ? 'freed' : 'linked',
    stepNo: undefined,
    capacity: capacity ?? undefined,
  }
}

/** A resource and how busy it is. */
export interface ResourceFigures {
  readonly type: string
  readonly id: string
  readonly name: string
  readonly holderCount: number
  readonly waiterCount: number
  readonly capacity: number | undefined
}

/** Resources in order of type and id, one more than the page when there is more. */
export async function listResources(
  sql: AnySql,
  page: ResourcePage,
  limitOf: (name: string) => number | undefined,
): Promise<ResourceFigures[]> {
  const rows = await findResources(sql, page)
  return rows.map(({ resourceType: type, resourceId: id, holderCount, waiterCount, capacity }) => ({
    type,
    id,
    name: nameOfResource({ type, id }),
    holderCount,
    waiterCount,
    capacity: (type === 'limit' ? limitOf(id) : undefined) ?? capacity ?? undefined,
  }))
}

/** Somebody who holds a resource or waits for it. */
export interface ResourceUse {
  readonly taskId: string
  readonly stepNo: number | undefined
  readonly mode: LockMode
  readonly operation: string
  readonly since: Date
  readonly position: number | undefined
}

const usesMax = 100

/** The first hundred who hold a resource and who wait for it; undefined for a name that cannot be one. */
export async function readResource(
  sql: AnySql,
  name: string,
  limitOf: (name: string) => number | undefined,
): Promise<{ holders: ResourceUse[]; waiters: ResourceUse[]; capacity: number | undefined } | undefined> {
  const resource = resourceOf(name)
  if (!resource) return undefined
  const { type, id } = resource
  const [holders, waiters, told] = await Promise.all([
    findHoldersOf(sql, type, id, usesMax),
    findWaitersOf(sql, type, id, usesMax),
    type === 'limit' ? findCapacity(sql, id) : [],
  ])
  const capacity = type === 'limit' ? (limitOf(id) ?? waiters[0]?.capacity ?? told[0]?.capacity) : undefined
  return { holders: holders.map(useOf), waiters: waiters.map(useOf), capacity: capacity ?? undefined }
}

function useOf(row: HoldRow | WaitRow): ResourceUse {
  const { taskId, stepNo, mode, operation, since } = row
  return {
    taskId,
    stepNo: stepOf(stepNo),
    mode,
    operation,
    since,
    position: 'position' in row ? row.position : undefined,
  }
}
