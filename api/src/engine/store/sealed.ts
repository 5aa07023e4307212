import type { AnySql } from '../../postgres/connect.ts'
import { bytes, plain, texts } from './arrays.ts'

/** A table whose rows have a data key of their own, wrapped by the ring: columns key_id and wrapped_key. */
export interface SealedTable {
  readonly table: string
  /** The column whose value the wrapped key is bound to. */
  readonly id: string
  readonly idType: 'uuid' | 'text'
  /** It remembers under which key its data keys were made (born_key_id), because it can be given others. */
  readonly isReencrypted?: boolean
}

/** The tables of the engine; those of the domains stand in domains/keys/sealed-tables. */
export const taskKeys: SealedTable = { table: 'payload', id: 'taskId', idType: 'uuid', isReencrypted: true }

/** Rows by the key that wraps them; walks the whole table. */
export function countByKey(sql: AnySql, { table }: SealedTable) {
  return sql<{ keyId: string; count: number }[]>`
    -- countByKey
    select key_id, count(*)::int as count from ${sql(table)} group by key_id`
}

export async function isWrappedBy(sql: AnySql, { table }: SealedTable, keyId: string): Promise<boolean> {
  const rows = await sql`
    -- isWrappedBy
    select from ${sql(table)} where key_id = ${keyId} limit 1`
  return rows.length > 0
}

export interface WrappedKey {
  readonly id: string
  readonly keyId: string
  readonly wrappedKey: Buffer
}

/**
 * The next rows that another key wraps, by id, locked. Rows that a flush is writing are left out: waiting for them while
 * holding others could deadlock with it. Must run in the transaction that writes them.
 */
export function lockForeignKeys(
  tx: AnySql,
  { table, id }: SealedTable,
  keyId: string,
  after: string | undefined,
  limit: number,
) {
  return tx<WrappedKey[]>`
    -- lockForeignKeys
    select ${tx(id)} as id, key_id, wrapped_key
    from ${tx(table)}
    where key_id <> ${keyId} ${after === undefined ? tx`` : tx`and ${tx(id)} > ${after}`}
    order by ${tx(id)}
    limit ${limit}
    for no key update skip locked`
}

export function writeKeys(
  tx: AnySql,
  { table, id, idType, isReencrypted }: SealedTable,
  keyId: string,
  rows: readonly { id: string; wrapped: Buffer }[],
) {
  const born = isReencrypted ? tx`, born_key_id = coalesce(born_key_id, key_id)` : tx``
  return tx`
    -- writeKeys
    update ${tx(table)} as t
    set key_id = ${keyId}, wrapped_key = u.wrapped ${born}
    from unnest(${texts(rows.map((r) => r.id))}::text[], ${bytes(rows.map((r) => r.wrapped))}::bytea[]) as u (id, wrapped)
    where t.${tx(id)} = ${idType === 'uuid' ? tx`u.id::uuid` : tx`u.id`}`
}

/** Tasks, but this one, whose data key was made under another key than this one. */
export async function countBornElsewhere(sql: AnySql, keyId: string, but?: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    -- countBornElsewhere
    select count(*)::int as count
    from payload
    where coalesce(born_key_id, key_id) <> ${keyId} ${but === undefined ? sql`` : sql`and task_id <> ${but}`}`
  return row?.count ?? 0
}

export function findBornElsewhere(sql: AnySql, keyId: string, after: string | undefined, limit: number) {
  return sql<{ taskId: string }[]>`
    -- findBornElsewhere
    select task_id
    from payload
    where coalesce(born_key_id, key_id) <> ${keyId} ${after === undefined ? sql`` : sql`and task_id > ${after}`}
    order by task_id
    limit ${limit}`
}

/** The data keys of these tasks, locked against everybody who would seal something with them. */
export function lockTaskKeys(tx: AnySql, taskIds: readonly string[]) {
  return tx<{ taskId: string; keyId: string; wrappedKey: Buffer }[]>`
    -- lockTaskKeys
    select task_id, key_id, wrapped_key
    from payload
    where task_id = any(${plain(taskIds)}::uuid[])
    order by task_id
    for no key update`
}

/** The data keys that these tasks have from now on. */
export function replaceTaskKeys(
  tx: AnySql,
  rows: readonly { taskId: string; keyId: string; wrapped: Buffer }[],
) {
  return tx`
    -- replaceTaskKeys
    update payload
    set key_id = u.key_id, wrapped_key = u.wrapped, born_key_id = null
    from unnest(
      ${plain(rows.map((r) => r.taskId))}::uuid[], ${texts(rows.map((r) => r.keyId))}::text[],
      ${bytes(rows.map((r) => r.wrapped))}::bytea[]
    ) as u (task_id, key_id, wrapped)
    where payload.task_id = u.task_id`
}

/** Columns sealed with the data key of the task in `task_id`. */
export interface SealedColumns {
  readonly table: string
  /** Whole-number columns that, after task_id, are its key. */
  readonly key: readonly string[]
  readonly columns: readonly string[]
}

export type SealedRow = Readonly<Record<string, Buffer | number | bigint | string | null>>

/** Sealed values of these tasks after a place in the table, in its order. */
export function findSealedRows(
  tx: AnySql,
  { table, key, columns }: SealedColumns,
  taskIds: readonly string[],
  after: SealedRow | undefined,
  limit: number,
) {
  const order = ['taskId', ...key]
  const names = [...order, ...columns].map((name, index) => tx`${index === 0 ? tx`` : tx`,`} ${tx(name)}`)
  const placed = order.map((name, index) => tx`${index === 0 ? tx`` : tx`,`} ${tx(name)}`)
  const values = order.map(
    (name, index) =>
      tx`${index === 0 ? tx`` : tx`,`} ${after?.[name]?.toString() ?? null}::${typeOf(tx, name)}`,
  )
  const beyond = after === undefined ? tx`` : tx`and (${placed}) > (${values})`
  return tx<SealedRow[]>`
    -- findSealedRows
    select ${names}
    from ${tx(table)}
    where task_id = any(${plain(taskIds)}::uuid[]) ${beyond}
    order by ${placed}
    limit ${limit}`
}

function typeOf(tx: AnySql, name: string) {
  return name === 'taskId' ? tx`uuid` : tx`bigint`
}

/** Writes the sealed columns of these rows; what is absent stays so. */
export function writeSealedRows(
  tx: AnySql,
  { table, key, columns }: SealedColumns,
  rows: readonly SealedRow[],
) {
  const order = ['taskId', ...key]
  const arrays = [
    ...order.map((name) => tx`${plain(rows.map((row) => String(row[name])))}::${typeOf(tx, name)}[]`),
    ...columns.map((name) => tx`${bytes(rows.map((row) => row[name] as Buffer | null))}::bytea[]`),
  ].map((array, index) => tx`${index === 0 ? tx`` : tx`,`} ${array}`)
  const names = [...order, ...columns].map((name, index) => tx`${index === 0 ? tx`` : tx`,`} ${tx(name)}`)
  const set = columns.map((name, index) => tx`${index === 0 ? tx`` : tx`,`} ${tx(name)} = u.${tx(name)}`)
  const same = order.map((name, index) => tx`${index === 0 ? tx`` : tx`and`} t.${tx(name)} = u.${tx(name)}`)
  return tx`
    -- writeSealedRows
    update ${tx(table)} as t
    set ${set}
    from unnest(${arrays}) as u (${names})
    where ${same}`
}
