import type { ExecutorRole, ExecutorState } from '@stint/schema/words'
import type { AnySql } from '../../postgres/connect.ts'
import { texts } from './arrays.ts'

export interface NewExecutor {
  readonly id: string
  readonly host: string
  readonly bootId: string
  readonly pid: number
  readonly pidStartedAt: string
  readonly installation: string
  readonly version: string
  readonly region: string | undefined
  readonly role: ExecutorRole
  readonly capacity: number
  readonly keyIds: readonly string[]
}

export function insertExecutor(sql: AnySql, executor: NewExecutor) {
  return sql`
    -- insertExecutor
    insert into executor (id, host, boot_id, pid, pid_started_at, installation, version, region, role, state, capacity, key_ids)
    values (
      ${executor.id}, ${executor.host}, ${executor.bootId}, ${executor.pid}, ${executor.pidStartedAt},
      ${executor.installation}, ${executor.version}, ${executor.region ?? null}, ${executor.role}, 'alive',
      ${executor.capacity}, ${texts(executor.keyIds)}::text[]
    )`
}

/** What a process tells of itself. */
export interface ExecutorFigures {
  /** Hints it took from the queue since it started. */
  readonly hints: number
  /** Actions that run in it now. */
  readonly running: number
  /** Silent executors whose tasks it took over, as the leader. */
  readonly takeovers: number
  /** Tasks without a hint that it found, as the leader. */
  readonly foundByNet: number
  /** By how many tasks it found the counts wrong, as the leader. */
  readonly countsRepaired: number
  readonly flushesPerSecond: number
  readonly isLeader: boolean
}

/** Confirms that this executor lives, in database time. Undefined when it was declared dead: it must not write any more. */
export async function beat(
  sql: AnySql,
  id: string,
  keyIds: readonly string[],
  figures: ExecutorFigures,
): Promise<ExecutorState | undefined> {
  const [row] = await sql<{ state: ExecutorState }[]>`
    -- beat
    update executor
    set
      heartbeat_at = clock_timestamp(),
      key_ids = ${texts(keyIds)}::text[],
      hints = ${figures.hints},
      running = ${figures.running},
      takeovers = ${figures.takeovers},
      found_by_net = ${figures.foundByNet},
      counts_repaired = ${figures.countsRepaired},
      flushes_per_second = ${figures.flushesPerSecond},
      is_leader = ${figures.isLeader}
    where id = ${id} and state in ('alive', 'draining')
    returning state`
  return row?.state
}

/** What the database knows of an executor; its clock with it. */
export async function findExecutorState(sql: AnySql, id: string) {
  const [row] = await sql<{ state: ExecutorState; now: Date }[]>`
    -- findExecutorState
    select state, clock_timestamp() as now from executor where id = ${id}`
  return row
}

export function setExecutorState(sql: AnySql, id: string, state: ExecutorState) {
  return sql`
    -- setExecutorState
    update executor
    set state = ${state}, stopped_at = case when ${state} in ('stopped', 'dead') then now() end, is_leader = false, running = 0
    where id = ${id} and state in ('alive', 'draining')`
}

/** Tells a living executor to take nothing new, or to go on. It hears with its next heartbeat. False when it is over. */
export async function orderDrain(sql: AnySql, id: string, drains: boolean): Promise<boolean> {
  const rows = await sql`
    -- orderDrain
    update executor
    set state = ${drains ? 'draining' : 'alive'}
    where id = ${id} and state in ('alive', 'draining')
    returning id`
  return rows.length === 1
}

/** Executors that have been silent for longer than this, by the database's clock. */
export function findSilentExecutors(sql: AnySql, silentSeconds: number) {
  return sql<{ id: string; host: string; pid: number; silentSeconds: number }[]>`
    -- findSilentExecutors
    select id, host, pid, extract(epoch from now() - heartbeat_at)::float8 as silent_seconds
    from executor
    where state in ('alive', 'draining') and heartbeat_at < now() - make_interval(secs => ${silentSeconds})
    order by heartbeat_at`
}

/** Live rows that processes of this installation left behind; the caller knows which of them are gone. */
export function findExecutorsOfInstallation(sql: AnySql, installation: string) {
  return sql<{ id: string; bootId: string; pid: number; pidStartedAt: string }[]>`
    -- findExecutorsOfInstallation
    select id, boot_id, pid, pid_started_at
    from executor
    where installation = ${installation} and state in ('alive', 'draining')`
}

/**
 * Declares an executor dead, once: only while it is still alive, and silent for `silentSeconds` (0 when its death is
 * proven otherwise). Waits for a flush that it has open. False when somebody else was quicker or it spoke again. Needs a
 * transaction.
 */
export async function declareDead(tx: AnySql, id: string, silentSeconds: number): Promise<boolean> {
  // An update alone would pass by the lock of an open flush, which is as weak as can be.
  await tx`
    -- lockExecutor
    select from executor where id = ${id} for update`
  const rows = await tx`
    -- declareDead
    update executor
    set state = 'dead', stopped_at = now(), is_leader = false, running = 0
    where id = ${id} and state in ('alive', 'draining')
      and (${silentSeconds} = 0 or heartbeat_at < now() - make_interval(secs => ${silentSeconds}))
    returning id`
  return rows.length === 1
}

/** Ends the sessions of a dead executor, which may still hold row locks. Needs the same database role. */
export function terminateSessions(sql: AnySql, applicationName: string) {
  return sql`
    -- terminateSessions
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where application_name = ${applicationName} and pid <> pg_backend_pid() and usename = current_user`
}

/** Executors that could run something now, so that "why is it waiting" can say whether anybody is there. */
export function countLiveExecutors(sql: AnySql) {
  return sql<{ region: string | null; count: number }[]>`
    -- countLiveExecutors
    select region, count(*)::int as count
    from executor
    where state = 'alive' and capacity > 0
    group by region`
}

/**
 * Executors that are over and yet own tasks; nobody but an interrupted takeover leaves that behind. Without `withinSeconds`
 * all that ever ended are looked at, else those that ended lately. A search from the tasks' side would walk through every row version that a long snapshot
 * keeps: 22 ms a look beside 10,000 steps/s.
 */
export function findOwnersThatAreOver(sql: AnySql, withinSeconds?: number) {
  return sql<{ id: string }[]>`
    -- findOwnersThatAreOver
    select id
    from executor
    where state in ('stopped', 'dead')
      and (${withinSeconds ?? null}::float8 is null or stopped_at > now() - make_interval(secs => ${withinSeconds ?? 0}))
      and exists (select from task where task.executor_id = executor.id)`
}
