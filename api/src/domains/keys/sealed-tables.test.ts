import { expect, test } from 'vitest'
import { sealedColumns } from '../../engine/reencrypt.ts'
import { testDatabase } from '../../testing/database.ts'
import { sealedTables } from './sealed-tables.ts'

const { sql } = await testDatabase()

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

test('every table with a wrapped key is rotated: one that is not would keep an old key alive, or lose it', async () => {
  const rows = await sql<{ tableName: string }[]>`
    select c.table_name
    from information_schema.columns as c
    join pg_class on pg_class.oid = format('%I.%I', c.table_schema, c.table_name)::regclass and not relispartition
    where c.table_schema = 'public' and c.column_name = 'wrapped_key'`
  expect(rows.map((row) => row.tableName).sort()).toEqual(sealedTables.map(({ table }) => table).sort())
})

/** Bytes beside a task that are not sealed with its data key: hashes, and the wrapped key itself. */
const otherBytes = ['payload.wrapped_key', 'report.token_hash', 'question.token_hash']

test('every sealed value of a task is re-encrypted: one that is not could never be read again', async () => {
  const rows = await sql<{ name: string }[]>`
    select c.table_name || '.' || c.column_name as name
    from information_schema.columns as c
    join pg_class on pg_class.oid = format('%I.%I', c.table_schema, c.table_name)::regclass and not relispartition
    where c.table_schema = 'public' and c.data_type = 'bytea'
      and exists (
        select from information_schema.columns as t
        where t.table_schema = c.table_schema and t.table_name = c.table_name and t.column_name = 'task_id'
      )`
  const known = sealedColumns.flatMap(({ table, columns }) =>
    columns.map((name) => `${table}.${snake(name)}`),
  )
  expect(rows.map((row) => row.name).sort()).toEqual([...known, ...otherBytes].sort())
})
