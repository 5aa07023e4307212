import type { AnySql } from '../../postgres/connect.ts'
import type { TimerKey, TimerKind, TimerRow } from '../change.ts'
import { instants, plain, texts } from './arrays.ts'

/** A timer that stands already is moved. */
export function upsertTimers(sql: AnySql, timers: readonly TimerRow[]) {
  return sql`
    -- upsertTimers
    insert into timer (task_id, step_no, kind, due_at)
    select task_id, step_no, kind, to_timestamp(due_at / 1000)
    from unnest(
      ${plain(timers.map((t) => t.taskId))}::uuid[], ${plain(timers.map((t) => t.stepNo))}::int[], ${texts(timers.map((t) => t.kind))}::text[],
      ${instants(timers.map((t) => t.dueAt))}::float8[]
    ) as u (task_id, step_no, kind, due_at)
    on conflict (task_id, step_no, kind) do update set due_at = excluded.due_at`
}

export function deleteTimers(sql: AnySql, keys: readonly (TimerKey & { taskId: string })[]) {
  return sql`
    -- deleteTimers
    delete from timer
    using unnest(
      ${plain(keys.map((k) => k.taskId))}::uuid[], ${plain(keys.map((k) => k.stepNo))}::int[], ${texts(keys.map((k) => k.kind))}::text[]
    ) as u (task_id, step_no, kind)
    where timer.task_id = u.task_id and timer.step_no = u.step_no and timer.kind = u.kind`
}

export function dropTimersOf(sql: AnySql, taskIds: readonly string[]) {
  return sql`
    -- dropTimersOf
    delete from timer where task_id = any(${plain(taskIds)}::uuid[])`
}

export interface DueTimer {
  readonly taskId: string
  readonly stepNo: number
  readonly kind: string
  readonly region: string | null
}

/**
 * Takes what is due out of the table, earliest first. Must run in the transaction that turns it into signals. The silence of a
 * reporter becomes no signal: its timer stays until the task has stopped, and comes again if whoever was to stop it could not.
 */
export function takeDueTimers(sql: AnySql, limit: number) {
  return sql<DueTimer[]>`
    -- takeDueTimers
    with due as (
      select task_id, step_no, kind from timer where due_at <= now() order by due_at limit ${limit} for update skip locked
    ), gone as (
      delete from timer using due
      where timer.task_id = due.task_id and timer.step_no = due.step_no and timer.kind = due.kind
        and (timer.kind <> 'report' or not exists (select from task where task.id = timer.task_id))
      returning timer.task_id, timer.step_no, timer.kind
    ), kept as (
      update timer set due_at = now() + interval '5 seconds' from due
      where timer.task_id = due.task_id and timer.step_no = due.step_no and timer.kind = due.kind and timer.kind = 'report'
      returning timer.task_id, timer.step_no, timer.kind
    )
    select taken.task_id, taken.step_no, taken.kind, task.region
    from (select * from gone union all select * from kept) as taken
    join task on task.id = taken.task_id`
}

/** The database's clock, and when the earliest timer is due by it; both in milliseconds since 1970. */
export async function findNextTimer(sql: AnySql) {
  const [row] = await sql<{ nowMs: number; dueAtMs: number | null }[]>`
    -- findNextTimer
    select
      (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms,
      (extract(epoch from min(due_at)) * 1000)::float8 as due_at_ms
    from timer`
  return row as { nowMs: number; dueAtMs: number | null }
}

/** Moves all timers of these kinds by the time since then. */
export function postponeTimers(tx: AnySql, kinds: readonly TimerKind[], since: Date) {
  return tx`
    -- postponeTimers
    update timer set due_at = due_at + (clock_timestamp() - ${since})
    where kind = any(${texts(kinds)}::text[])`
}
