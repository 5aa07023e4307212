import type postgres from 'postgres'
import type { AnySql } from '../../postgres/connect.ts'
import type { LockMode } from '../lock.ts'
import { plain } from './arrays.ts'

export interface HoldRow {
  readonly taskId: string
  readonly stepNo: number
  readonly resourceType: string
  readonly resourceId: string
  readonly operation: string
  readonly mode: LockMode
  readonly since: Date
  /** A start that a rate still counts. */
  readonly until: Date | null
}

export interface WaitRow {
  readonly taskId: string
  readonly stepNo: number
  readonly resourceType: string
  readonly resourceId: string
  readonly operation: string
  readonly mode: LockMode
  readonly since: Date
  readonly capacity: number | null
  /** From 1. */
  readonly position: number
  /** Tasks that hold what it waits for, at most `blockersMax`, the longest first. */
  readonly blockers: string[]
  /** When the oldest start leaves the window of the rate that it waits for. */
  readonly nextSlotAt: Date | null
}

const blockersMax = 5

const modeOf = (sql: AnySql, alias: string) => sql`
  case when ${sql(alias)}.mode is null then 'limit' when lower_inf(${sql(alias)}.mode) then 'exclusive' else 'shared' end`

const holdColumns = (sql: AnySql) => sql`
  h.task_id, h.step_no, h.resource_type, h.resource_id, h.operation_name as operation, ${modeOf(sql, 'h')} as mode,
  h.taken_at as since, h.until`

const place = (sql: AnySql) => sql`
  (
    select count(*)::int + 1 from wait o
    where o.resource_type = w.resource_type and o.resource_id = w.resource_id
      and (o.priority > w.priority or (o.priority = w.priority and o.seq < w.seq))
  )`

const waitColumns = (sql: AnySql, position: postgres.Fragment) => sql`
  w.task_id, w.step_no, w.resource_type, w.resource_id, w.operation_name as operation, ${modeOf(sql, 'w')} as mode, w.since,
  w.capacity, ${position} as position,
  array(
    select h.task_id from hold h
    where h.resource_type = w.resource_type and h.resource_id = w.resource_id and h.task_id <> w.task_id
      and (w.mode is null and h.mode is null or h.mode && w.mode and h.operation && w.operation)
    order by h.taken_at
    limit ${blockersMax}
  ) as blockers,
  (
    select min(h.until) from hold h
    where w.per_ms is not null and h.resource_type = w.resource_type and h.resource_id = w.resource_id
  ) as next_slot_at`

/** What these tasks and their steps hold. */
export function findHolds(sql: AnySql, taskIds: readonly string[]): Promise<HoldRow[]> {
  return sql<HoldRow[]>`
    -- findHolds
    select ${holdColumns(sql)} from hold h
    where h.task_id = any(${plain(taskIds)}::uuid[]) and (h.until is null or h.until > now())
    order by h.task_id, h.step_no, h.resource_type, h.resource_id`
}

/** What these tasks and their steps wait for. */
export function findWaits(sql: AnySql, taskIds: readonly string[]): Promise<WaitRow[]> {
  return sql<WaitRow[]>`
    -- findWaits
    select ${waitColumns(sql, place(sql))} from wait w
    where w.task_id = any(${plain(taskIds)}::uuid[])
    order by w.task_id, w.step_no, w.resource_type, w.resource_id`
}

/** Who holds a resource, the longest first. */
export function findHoldersOf(sql: AnySql, type: string, id: string, limit: number): Promise<HoldRow[]> {
  return sql<HoldRow[]>`
    -- findHoldersOf
    select ${holdColumns(sql)} from hold h
    where h.resource_type = ${type} and h.resource_id = ${id} and (h.until is null or h.until > now())
    order by h.taken_at, h.id
    limit ${limit}`
}

/** Who waits for a resource, the next first. */
export function findWaitersOf(sql: AnySql, type: string, id: string, limit: number): Promise<WaitRow[]> {
  return sql<WaitRow[]>`
    -- findWaitersOf
    select ${waitColumns(sql, sql`(row_number() over (order by w.priority desc, w.seq))::int`)} from wait w
    where w.resource_type = ${type} and w.resource_id = ${id}
    order by w.priority desc, w.seq
    limit ${limit}`
}

export interface ResourceRow {
  readonly resourceType: string
  readonly resourceId: string
  readonly holderCount: number
  readonly waiterCount: number
  /** Of a limit: what the first waiter was told. */
  readonly capacity: number | null
}

export interface ResourcePage {
  /** A part of the name. */
  readonly text: string | undefined
  /** Only what somebody holds or waits for; otherwise also what tasks merely name. */
  readonly onlyBusy: boolean
  /** The last resource of the page before. */
  readonly after: { readonly type: string; readonly id: string } | undefined
  readonly limit: number
}

/**
 * Resources by name. Those that are merely named are found by skipping through the index of links, one probe each: a resource
 * that 10,000 tasks named costs as much as one that a single task did.
 */
export function findResources(sql: AnySql, { text, onlyBusy, after, limit }: ResourcePage) {
  const beyond = after ? sql`(resource_type, resource_id) > (${after.type}, ${after.id})` : sql`true`
  const named = onlyBusy
    ? sql``
    : sql`
      union
      select resource_type, resource_id from named where resource_type is not null`
  return sql<ResourceRow[]>`
    -- findResources
    with recursive named as (
      (
        select resource_type, resource_id from link where ${beyond} order by resource_type, resource_id limit 1
      )
      union all
      select next.resource_type, next.resource_id from named cross join lateral (
        select l.resource_type, l.resource_id from link l
        where (l.resource_type, l.resource_id) > (named.resource_type, named.resource_id)
        order by l.resource_type, l.resource_id limit 1
      ) next
    ), resource as (
      select resource_type, resource_id from hold where ${beyond} and (until is null or until > now())
      union
      select resource_type, resource_id from wait where ${beyond}${named}
    ), page as (
      select * from resource
      where ${text === undefined ? sql`true` : sql`position(lower(${text}) in lower(resource_type || '/' || resource_id)) > 0`}
      order by resource_type, resource_id
      limit ${limit}
    )
    select page.resource_type, page.resource_id,
      (
        select count(*)::int from hold h
        where h.resource_type = page.resource_type and h.resource_id = page.resource_id
          and (h.until is null or h.until > now())
      ) as holder_count,
      (
        select count(*)::int from wait w
        where w.resource_type = page.resource_type and w.resource_id = page.resource_id
      ) as waiter_count,
      (
        select w.capacity from wait w
        where w.resource_type = page.resource_type and w.resource_id = page.resource_id
        limit 1
      ) as capacity
    from page
    order by page.resource_type, page.resource_id`
}

/** The capacity that some task gave a limit, when nobody waits for it any more to tell. */
export function findCapacity(sql: AnySql, id: string) {
  return sql<{ capacity: number }[]>`
    -- findCapacity
    select capacity from link where resource_type = 'limit' and resource_id = ${id} and capacity is not null
    order by task_id desc limit 1`
}

/** Waiters of these limits learn of another capacity; returns who is first in each queue. */
export function updateCapacities(sql: AnySql, limits: readonly (readonly [id: string, capacity: number])[]) {
  return sql<{ taskId: string; stepNo: number }[]>`
    -- updateCapacities
    with changed as (
      update wait set capacity = u.capacity
      from unnest(${limits.map(([id]) => id)}::text[], ${limits.map(([, capacity]) => capacity)}::int[]) as u (id, capacity)
      where wait.resource_type = 'limit' and wait.resource_id = u.id and wait.per_ms is null
        and wait.capacity is distinct from u.capacity
      returning wait.resource_id
    )
    select next.task_id, next.step_no
    from (select distinct resource_id from changed) c
    cross join lateral next_waiter('limit', c.resource_id) next
    where next.task_id is not null`
}
