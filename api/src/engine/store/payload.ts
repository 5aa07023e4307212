import type { AnySql } from '../../postgres/connect.ts'
import type { Birth } from '../change.ts'
import { bytes, plain, texts } from './arrays.ts'

export interface PayloadRow {
  readonly taskId: string
  readonly keyId: string
  readonly wrappedKey: Buffer
  readonly definition: Buffer | null
  readonly input: Buffer | null
  readonly resolverInput: Buffer | null
  readonly result: Buffer | null
}

export function insertPayloads(sql: AnySql, births: readonly Birth[]) {
  return sql`
    -- insertPayloads
    insert into payload (task_id, key_id, wrapped_key, definition, input, resolver_input)
    select * from unnest(
      ${plain(births.map((b) => b.id))}::uuid[], ${texts(births.map((b) => b.keyId))}::text[], ${bytes(births.map((b) => b.wrappedKey))}::bytea[],
      ${bytes(births.map((b) => b.definition ?? null))}::bytea[], ${bytes(births.map((b) => b.input ?? null))}::bytea[],
      ${bytes(births.map((b) => b.resolverInput ?? null))}::bytea[]
    )`
}

export interface PayloadUpdate {
  readonly taskId: string
  readonly result: Buffer | undefined
  readonly input: Buffer | undefined
  readonly resolverInput: Buffer | undefined
}

/** What is absent stays as it was. */
export function updatePayloads(sql: AnySql, updates: readonly PayloadUpdate[]) {
  return sql`
    -- updatePayloads
    update payload
    set
      result = coalesce(u.result, payload.result),
      input = coalesce(u.input, payload.input),
      resolver_input = coalesce(u.resolver_input, payload.resolver_input)
    from unnest(
      ${plain(updates.map((u) => u.taskId))}::uuid[], ${bytes(updates.map((u) => u.result ?? null))}::bytea[],
      ${bytes(updates.map((u) => u.input ?? null))}::bytea[], ${bytes(updates.map((u) => u.resolverInput ?? null))}::bytea[]
    ) as u (task_id, result, input, resolver_input)
    where payload.task_id = u.task_id`
}

export function findPayloads(sql: AnySql, taskIds: readonly string[]): Promise<PayloadRow[]> {
  return sql<PayloadRow[]>`
    -- findPayloads
    select task_id, key_id, wrapped_key, definition, input, resolver_input, result
    from payload
    where task_id = any(${plain(taskIds)}::uuid[])`
}

/** Only what opens the rest: the wrapped data keys. */
export function findTaskKeys(sql: AnySql, taskIds: readonly string[]) {
  return sql<{ taskId: string; keyId: string; wrappedKey: Buffer }[]>`
    -- findTaskKeys
    select task_id, key_id, wrapped_key from payload where task_id = any(${plain(taskIds)}::uuid[])`
}

/** The same, kept from being replaced until the transaction ends. */
export function shareTaskKeys(tx: AnySql, taskIds: readonly string[]) {
  return tx<{ taskId: string; keyId: string; wrappedKey: Buffer }[]>`
    -- shareTaskKeys
    select task_id, key_id, wrapped_key from payload where task_id = any(${plain(taskIds)}::uuid[]) order by task_id for share`
}
