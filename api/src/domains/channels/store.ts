import type { DeliveryState } from '@stint/schema/words'
import type postgres from 'postgres'
import type { AnySql } from '../../postgres/connect.ts'
import { channels } from '../../postgres/listen.ts'
import { deliveryLabel } from './delivery-task.ts'
import type { ChannelRow, DeliveryRow } from './model.ts'

/** A row with its sealed part; see seal.ts. */
export interface SealedChannel extends ChannelRow {
  readonly configuration: Buffer
  readonly keyId: string
  readonly wrappedKey: Buffer
}

/** By name. */
export function findChannels(sql: AnySql): Promise<SealedChannel[]> {
  return sql<SealedChannel[]>`
    -- findChannels
    select name, kind, enabled, strategy, target, configuration, key_id, wrapped_key, updated_at, updated_by
    from channel
    order by name`
}

export async function findChannel(sql: AnySql, name: string): Promise<SealedChannel | undefined> {
  const [row] = await sql<SealedChannel[]>`
    -- findChannel
    select name, kind, enabled, strategy, target, configuration, key_id, wrapped_key, updated_at, updated_by
    from channel
    where name = ${name}`
  return row
}

/** Waits for whoever else is changing a channel: two that save at once must not keep secrets of each other. */
export async function lockChannels(tx: AnySql): Promise<void> {
  await tx`
    -- lockChannels
    lock table channel in share row exclusive mode`
}

/** Every process hears of it with the commit. */
async function announce(tx: AnySql, name: string): Promise<void> {
  await tx`
    -- announceChannel
    select pg_notify(${channels.notifications}, ${name})`
}

export async function writeChannel(tx: AnySql, row: SealedChannel): Promise<void> {
  await tx`
    -- writeChannel
    insert into channel (
      name, kind, enabled, strategy, target, configuration, key_id, wrapped_key, updated_at, updated_by
    )
    values (
      ${row.name}, ${row.kind}, ${row.enabled}, ${row.strategy}, ${row.target}, ${row.configuration}, ${row.keyId},
      ${row.wrappedKey}, ${row.updatedAt}, ${row.updatedBy}
    )
    on conflict (name) do update set
      kind = excluded.kind, enabled = excluded.enabled, strategy = excluded.strategy, target = excluded.target,
      configuration = excluded.configuration, key_id = excluded.key_id, wrapped_key = excluded.wrapped_key,
      updated_at = excluded.updated_at, updated_by = excluded.updated_by`
  await announce(tx, row.name)
}

/** False when there was none. */
export async function removeChannel(tx: AnySql, name: string): Promise<boolean> {
  const { count } = await tx`
    -- removeChannel
    delete from channel where name = ${name}`
  if (count > 0) await announce(tx, name)
  return count > 0
}

// ---- deliveries: read from the rows of the tasks that they are

function deliveryColumns(sql: AnySql): postgres.Fragment {
  return sql`
    task.id, task.tags ->> 'channel' as channel, nullif(task.about_task_id, task.id) as task_id,
    task.tags ->> 'event' as event,
    case
      when task.state = 'stopped' and task.result = 'success' then 'delivered'
      when task.state in ('stopped', 'paused') then 'failed'
      else 'waiting'
    end as state,
    coalesce(step.try_count, 0) as tries, task.created_at,
    case when task.result = 'success' then task.ended_at end as delivered_at,
    case when task.state = 'running' then step.due_at end as due_at,
    coalesce(step.error_summary, failed.error_summary) as last_error,
    (task.tags ->> 'response_status')::int as response_status`
}

function deliveryRows(sql: AnySql): postgres.Fragment {
  return sql`
    left join step on step.task_id = task.id and step.no = 0
    left join lateral (
      select attempt.error_summary
      from attempt
      where attempt.task_id = task.id and attempt.step_no = 0 and attempt.error_summary is not null
      order by attempt.no desc
      limit 1
    ) as failed on true`
}

function inStates(sql: AnySql, states: readonly DeliveryState[]): postgres.Fragment {
  return sql`and case
      when task.state = 'stopped' and task.result = 'success' then 'delivered'
      when task.state in ('stopped', 'paused') then 'failed'
      else 'waiting'
    end = any(${[...states]}::text[])`
}

export interface DeliveryFilter {
  readonly taskId?: string | null
  readonly channel?: string | null
  readonly states?: readonly DeliveryState[] | null
}

/** Newest first, `size` + 1 of them, behind the delivery `from`. */
export function findDeliveries(
  sql: AnySql,
  { taskId, channel, states }: DeliveryFilter,
  { from, size }: { readonly from?: string; readonly size: number },
): Promise<DeliveryRow[]> {
  return sql<DeliveryRow[]>`
    -- findDeliveries
    select ${deliveryColumns(sql)}
    from task
    ${deliveryRows(sql)}
    where task.about_task_id is not null and task.label = ${deliveryLabel}
      ${taskId ? sql`and task.about_task_id = ${taskId} and task.id <> task.about_task_id` : sql``}
      ${channel ? sql`and task.tags ->> 'channel' = ${channel}` : sql``}
      ${states ? inStates(sql, states) : sql``}
      ${from === undefined ? sql`` : sql`and task.id < ${from}`}
    order by task.id desc
    limit ${size + 1}`
}

export async function findDelivery(sql: AnySql, id: string): Promise<DeliveryRow | undefined> {
  const [row] = await sql<DeliveryRow[]>`
    -- findDelivery
    select ${deliveryColumns(sql)}
    from task
    ${deliveryRows(sql)}
    where task.id = ${id} and task.about_task_id is not null and task.label = ${deliveryLabel}`
  return row
}

/** The newest delivery of each of these channels. */
export function findLastDeliveries(sql: AnySql, names: readonly string[]): Promise<DeliveryRow[]> {
  return sql<DeliveryRow[]>`
    -- findLastDeliveries
    select ${deliveryColumns(sql)}
    from unnest(${[...names]}::text[]) as wanted (name)
    cross join lateral (
      select task.*
      from task
      where task.about_task_id is not null and task.label = ${deliveryLabel}
        and task.tags ->> 'channel' = wanted.name
      order by task.id desc
      limit 1
    ) as task
    ${deliveryRows(sql)}`
}
