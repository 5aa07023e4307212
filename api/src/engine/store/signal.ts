import type { SignalKind } from '@stint/schema/words'
import type { AnySql } from '../../postgres/connect.ts'
import type { NewSignal, WordToChildren } from '../change.ts'
import { bytes, plain, texts } from './arrays.ts'
import { isRevivable } from './task.ts'

export interface SignalRow {
  readonly taskId: string
  readonly id: number | bigint
  readonly kind: SignalKind
  readonly stepNo: number | null
  readonly actor: string
  readonly payload: Buffer | null
  readonly createdAt: Date
  /** Of a cancel, a pause or a start over: an executor that is gone has put it on the record already. */
  readonly isNoted: boolean
}

/** Tasks that are over take no signals but the one that lets some of them go on: those rows are left out. */
export function insertSignals(sql: AnySql, signals: readonly NewSignal[]) {
  return sql<{ taskId: string }[]>`
    -- insertSignals
    insert into signal (task_id, kind, step_no, actor, payload)
    select u.task_id, u.kind, u.step_no, u.actor, u.payload
    from unnest(
      ${plain(signals.map((s) => s.taskId))}::uuid[], ${texts(signals.map((s) => s.kind))}::text[],
      ${plain(signals.map((s) => s.stepNo ?? null))}::int[], ${texts(signals.map((s) => s.actor))}::text[],
      ${bytes(signals.map((s) => s.payload ?? null))}::bytea[]
    ) as u (task_id, kind, step_no, actor, payload)
    join task on task.id = u.task_id
    where task.state <> 'stopped' or (${isRevivable(sql)} and u.kind = 'resume')
    returning task_id`
}

/** In the order they were sent. */
export function findSignals(sql: AnySql, taskIds: readonly string[]): Promise<SignalRow[]> {
  return sql<SignalRow[]>`
    -- findSignals
    select
      task_id, id, kind, step_no, actor, payload, created_at,
      case when kind in ('cancel', 'force-cancel') then exists (
        select from event
        where event.task_id = signal.task_id and event.kind = 'command' and event.name = signal.kind
          and event.actor = signal.actor and event.at >= signal.created_at - interval '1 second'
      ) when kind in ('pause', 'parent-paused', 'start-over') then exists (
        select from event
        where event.task_id = signal.task_id and event.kind = 'command' and event.name = signal.kind
          and event.actor = signal.actor and event.at >= signal.created_at - interval '1 second'
          -- Not an earlier one, which is over.
          and not exists (
            select from event as later
            where later.task_id = event.task_id and later.seq > event.seq
              and (later.kind = 'task' or later.kind = 'command' and later.name in ('resume', 'parent-resumed'))
          )
      ) else false end as is_noted
    from signal
    where task_id = any(${plain(taskIds)}::uuid[])
    order by task_id, id`
}

export function deleteSignals(sql: AnySql, keys: readonly { taskId: string; id: number | bigint }[]) {
  return sql`
    -- deleteSignals
    delete from signal
    using unnest(${plain(keys.map((k) => k.taskId))}::uuid[], ${plain(keys.map((k) => String(k.id)))}::bigint[]) as u (task_id, id)
    where signal.task_id = u.task_id and signal.id = u.id`
}

/** What is still in the mailbox of tasks that are over: nobody will read it. */
export function dropSignalsOf(sql: AnySql, taskIds: readonly string[]) {
  return sql`
    -- dropSignalsOf
    delete from signal where task_id = any(${plain(taskIds)}::uuid[])`
}

/** Which of these tasks this executor holds, and whether they have mail. */
export function findHeldTasks(sql: AnySql, executorId: string, ids: readonly string[]) {
  return sql<{ id: string; hasSignals: boolean }[]>`
    -- findHeldTasks
    select id, exists (select from signal where signal.task_id = task.id) as has_signals
    from task
    where id = any(${plain(ids)}::uuid[]) and executor_id = ${executorId}`
}

/**
 * Tells the living children of tasks, as far as they stop with their parent; returns whom. That their parent goes on is said to
 * those who rest, or have been told to and did not yet (they keep that until it is done), not to 10,000 who run.
 */
export function signalChildren(sql: AnySql, words: readonly (WordToChildren & { taskId: string })[]) {
  return sql<{ taskId: string }[]>`
    -- signalChildren
    insert into signal (task_id, kind, actor)
    select task.id, u.kind, u.actor
    from unnest(
      ${plain(words.map((w) => w.taskId))}::uuid[], ${texts(words.map((w) => w.kind))}::text[], ${texts(words.map((w) => w.actor))}::text[]
    ) as u (parent_id, kind, actor)
    join task on task.parent_id = u.parent_id
    where task.state <> 'stopped' and task.stops_with_parent
      and (
        u.kind <> 'parent-resumed'
        or (task.state = 'paused' and task.reason <> 'by-user')
        or exists (select from signal as told where told.task_id = task.id and told.kind = 'parent-paused')
      )
    returning task_id`
}

/** Tells every scheduled task that waits for one of these; returns whom. */
export function signalDependants(sql: AnySql, stoppedIds: readonly string[]) {
  return sql<{ taskId: string }[]>`
    -- signalDependants
    insert into signal (task_id, kind, actor)
    select distinct task_dependency.task_id, 'dependency', 'engine'
    from task_dependency
    join task on task.id = task_dependency.task_id
    where task_dependency.depends_on_id = any(${plain(stoppedIds)}::uuid[]) and task.state = 'scheduled'
    returning task_id`
}

/**
 * Mail that raced with the end of its task (a due time, a child, a dependency that stopped in the same moment): nobody reads it
 * any more. What may bring a task back is kept. Returns how many.
 */
export async function dropDeadMail(sql: AnySql, olderThanSeconds: number): Promise<number> {
  const rows = await sql`
    -- dropDeadMail
    delete from signal
    using task
    where task.id = signal.task_id and task.state = 'stopped' and signal.kind <> 'resume'
      and signal.created_at < now() - make_interval(secs => ${olderThanSeconds})
    returning signal.id`
  return rows.length
}
