import type { Sql } from '../../postgres/connect.ts'
import { rate, stepLimits, taskLimit } from './hammered.ts'
import type { Effect } from './kit.ts'

/*
 * What must never be while the hammer falls, and what must not have been when it has fallen.
 */

export interface Finding {
  readonly what: string
  readonly n: number
}

/** From now on every start that the rate counts is written down: its own row is gone when its window has passed. */
export async function recordStarts(sql: Sql): Promise<void> {
  await sql`create table counted_start (task_id uuid not null, resource_id text not null, at timestamptz not null)`
  await sql`
    create function record_start() returns trigger language plpgsql as $$
    begin
      insert into counted_start values (new.task_id, new.resource_id, new.until);
      return null;
    end $$`
  await sql`
    create trigger record_start after insert on hold for each row when (new.until is not null)
    execute function record_start()`
}

/** In one snapshot: a limit exceeded, something that runs without what it wants, or a pause that keeps others waiting. */
export const violations = (sql: Sql) => sql<Finding[]>`
  select 'slots of ' || resource_id as what, count(*)::int as n from hold
  where mode is null and until is null
  group by resource_id
  having count(*) > case resource_id
    when 'socket' then ${stepLimits.socket}::int when 'fork' then ${stepLimits.fork}::int else ${taskLimit}::int end
  union all
  select 'running with ' || need, count(*) from step
  join unnest(array['socket', 'fork']) need on step.name like '%' || need || '%'
  where step.state = 'RUNNING' and not exists (
    select from hold where hold.task_id = step.task_id and hold.step_no = step.no and hold.resource_id = need
  )
  group by need
  union all
  select 'running without its ' || link.resource_type, count(*) from task
  join link on link.task_id = task.id and link.mode is not null and link.per_ms is null
  where task.state = 'running' and not exists (
    select from hold where hold.task_id = any (task.id || ancestors_of(task.id))
      and hold.resource_type = link.resource_type and hold.resource_id = link.resource_id
  )
  group by link.resource_type
  union all
  select 'running with the lock of another request', count(*) from task
  join hold on hold.task_id = task.id and hold.resource_type = 'room'
  where task.state = 'running' and hold.resource_id <> task.tags ->> 'room' having count(*) > 0
  union all
  select 'a step of ' || task.region || ' runs elsewhere', count(*) from step
  join task on task.id = step.task_id
  join executor on executor.id = step.executor_id
  where step.state = 'RUNNING' and executor.region is distinct from task.region and task.region is not null
  group by task.region
  union all
  select 'slot of a step that is ' || step.state, count(*) from hold
  join step on step.task_id = hold.task_id and step.no = hold.step_no
  where step.state in ('DONE', 'PRUNE', 'SKIPPED', 'CANCELLED', 'CRASHED', 'FATAL_ERROR', 'CLIENT_ERROR')
  group by step.state
  union all
  select 'slot of a paused task', count(*) from hold join task on task.id = hold.task_id
  where task.state = 'paused' and hold.step_no >= 0 having count(*) > 0
  union all
  select 'wait of a paused task', count(*) from wait join task on task.id = wait.task_id
  where task.state = 'paused' having count(*) > 0
  union all
  select 'rows of a task that is over', count(*) from (
    select task_id from hold where until is null union all select task_id from wait
  ) rows join task on task.id = rows.task_id where task.state = 'stopped' having count(*) > 0`

/** In what is on the record: too many starts in any window, a start that was not counted, an attempt in another region. */
const recorded = (sql: Sql) => sql<Finding[]>`
  select 'starts within one window' as what, max(n)::int as n
  from counted_start one
  cross join lateral (
    select count(*) as n from counted_start other
    where other.resource_id = one.resource_id and other.at >= one.at
      and other.at < one.at + make_interval(secs => ${rate.perMs}::float8 / 1000)
  ) within
  having max(n) > ${rate.capacity}::int
  union all
  select 'started without being counted', count(*) from task
  join link on link.task_id = task.id and link.per_ms is not null
  where task.started_at is not null and not exists (select from counted_start where task_id = task.id)
  having count(*) > 0
  union all
  select 'attempts of ' || task.region || ' elsewhere', count(*) from attempt
  join task on task.id = attempt.task_id
  join executor on executor.id = attempt.executor_id
  where executor.region is distinct from task.region and task.region is not null
  group by task.region`

/** Of every attempt that an action ended: the room of the last edit before it, or of the first request. */
const roomsInForce = (sql: Sql, firstRooms: readonly (readonly [id: string, room: string])[]) => sql<
  { taskId: string; stepNo: number; no: number; room: string }[]
>`
  select attempt.task_id, attempt.step_no, attempt.no, coalesce(
    (
      select split_part(event.data -> 'changed' ->> 0, ' ', 2) from event
      where event.task_id = attempt.task_id and event.kind = 'command' and event.name = 'edit-request'
        and event.at <= attempt.started_at
      order by event.seq desc limit 1
    ), first.room
  ) as room
  from attempt
  join unnest(${firstRooms.map(([id]) => id)}::uuid[], ${firstRooms.map(([, room]) => room)}::text[]) first (id, room)
    on first.id = attempt.task_id`

/** What the record shows to be wrong, and how often an attempt ran with an edited request. */
export async function historyOf(
  sql: Sql,
  effects: readonly Effect[],
  firstRooms: ReadonlyMap<string, string>,
): Promise<{ wrong: readonly Finding[]; edited: number; counted: number }> {
  const seen = new Map(effects.map((each) => [`${each.taskId} ${each.stepNo} ${each.attemptNo}`, each.note]))
  const expected = await roomsInForce(sql, [...firstRooms])
  const odd = expected.filter(({ taskId, stepNo, no, room }) => {
    const note = seen.get(`${taskId} ${stepNo} ${no}`)
    return note !== undefined && note !== '' && note !== room
  })
  const [counted] = await sql<{ n: number }[]>`select count(*)::int as n from counted_start`
  return {
    wrong: [
      ...(await recorded(sql)),
      ...(odd.length > 0 ? [{ what: 'ran with another request than its last', n: odd.length }] : []),
    ],
    edited: expected.filter(({ taskId, room }) => firstRooms.get(taskId) !== room).length,
    counted: counted?.n ?? 0,
  }
}

export const stray = (sql: Sql) => sql`
  select 'hold' as what, task_id, step_no, resource_id from hold where until is null
  union all
  select 'wait', task_id, step_no, resource_id from wait`

/** Heads of queues whose resources are all free, by the rules of the database itself. */
export const forgotten = (sql: Sql) => sql`
  select w.task_id, w.step_no, w.resource_id, task.state, task.reason
  from (select distinct resource_type, resource_id from wait) r
  cross join lateral next_waiter(r.resource_type, r.resource_id) w
  join task on task.id = w.task_id
  where not exists (
    select from wait o where o.task_id = w.task_id and o.step_no = w.step_no
      and blocker_of(o, ancestors_of(o.task_id), false) is not null
  )`
