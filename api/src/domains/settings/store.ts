import type postgres from 'postgres'
import type { AnySql } from '../../postgres/connect.ts'
import { channels } from '../../postgres/listen.ts'

export interface StoredSetting {
  readonly name: string
  readonly value: unknown
  readonly updatedAt: Date
  readonly updatedBy: string
}

/** What somebody changed; settings that keep their default have no row. */
export function storedSettings(sql: AnySql): Promise<StoredSetting[]> {
  return sql<StoredSetting[]>`
    -- storedSettings
    select name, value, updated_at, updated_by from setting order by name
  `
}

/**
 * The value before a change; `undefined` when it is the default. Changes are rare, so they queue for the whole table until
 * the transaction ends: a row that is not there yet cannot be locked.
 */
export async function lockSetting(tx: AnySql, name: string): Promise<StoredSetting | undefined> {
  await tx`
    -- lockSettings
    lock table setting in share row exclusive mode
  `
  const [row] = await tx<StoredSetting[]>`
    -- findSetting
    select name, value, updated_at, updated_by from setting where name = ${name}
  `
  return row
}

/** Writes the value and tells every process, both with the commit of the transaction. */
export async function writeSetting(
  tx: AnySql,
  setting: { name: string; value: unknown; by: string; at: Date },
): Promise<void> {
  const value = tx.json(setting.value as postgres.JSONValue)
  await tx`
    -- writeSetting
    insert into setting (name, value, updated_at, updated_by)
    values (${setting.name}, ${value}, ${setting.at}, ${setting.by})
    on conflict (name) do update
    set value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by
  `
  await tx`
    -- announceSetting
    select pg_notify(${channels.settings}, ${setting.name})
  `
}
