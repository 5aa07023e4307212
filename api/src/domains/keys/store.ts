import type { AnySql } from '../../postgres/connect.ts'
import { channels } from '../../postgres/listen.ts'
import type { KnownKey, RotationKind } from './model.ts'
import { rotationLabel } from './model.ts'

/** A number of our own among the advisory locks of the database. */
const lockKey = 7_301_846

/** Whoever begins a rotation or changes the ring waits here for the others; until the transaction ends. */
export async function lockRing(tx: AnySql): Promise<void> {
  await tx`
    -- lockRing
    select pg_advisory_xact_lock(${lockKey})`
}

/** Newest first. */
export function findKeys(sql: AnySql): Promise<KnownKey[]> {
  return sql<KnownKey[]>`
    -- findKeys
    select id, created_at, is_current from ring_key order by created_at desc, id desc`
}

/** Those that are known already stay as they are. */
export async function insertKeys(tx: AnySql, ids: readonly string[]): Promise<void> {
  await tx`
    -- insertKeys
    insert into ring_key (id, created_at) select unnest(${[...ids]}::text[]), clock_timestamp() on conflict (id) do nothing`
}

/** From the commit on it wraps, in every process. */
export async function makeCurrent(tx: AnySql, id: string): Promise<void> {
  await tx`
    -- retireCurrentKey
    update ring_key set is_current = false where is_current and id <> ${id}`
  await tx`
    -- makeCurrentKey
    update ring_key set is_current = true where id = ${id}`
  await announceRing(tx)
}

export async function deleteKey(tx: AnySql, id: string): Promise<void> {
  await tx`
    -- deleteKey
    delete from ring_key where id = ${id}`
  await announceRing(tx)
}

async function announceRing(tx: AnySql): Promise<void> {
  await tx`
    -- announceRing
    select pg_notify(${channels.settings}, 'keys')`
}

export interface RingProcess {
  readonly host: string
  readonly pid: number
  /** The one that it wraps with first. */
  readonly keyIds: readonly string[]
}

/** Processes that live, with the keys that they told. */
export function findRingProcesses(sql: AnySql): Promise<RingProcess[]> {
  return sql<RingProcess[]>`
    -- findRingProcesses
    select host, pid, key_ids from executor where state in ('alive', 'draining') order by host, pid`
}

export interface RotationRow {
  readonly taskId: string
  readonly kind: RotationKind
  readonly state: string
  readonly reason: string | null
  readonly result: string
  readonly startedAt: Date
  readonly endedAt: Date | null
  readonly error: string | null
}

/** The newest rotation, whether or not it is over. */
export async function findRotation(sql: AnySql): Promise<RotationRow | undefined> {
  const [row] = await sql<RotationRow[]>`
    -- findRotation
    select id as task_id, tags ->> 'kind' as kind, state, reason, result, coalesce(started_at, created_at) as started_at,
      ended_at, error_summary as error
    from task
    where label = ${rotationLabel}
    order by id desc
    limit 1`
  return row
}
