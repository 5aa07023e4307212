import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { migrate, pendingOf, readMigrations, statementsOf } from './migrate.ts'

const { sql, target } = await testDatabase()

const scratch = mkdtempSync(join(tmpdir(), 'stint-migrations-'))
afterAll(() => rmSync(scratch, { recursive: true }))

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(scratch, 'm-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.sql`), text)
  return folder
}

async function freshPast(): Promise<void> {
  await sql`drop table if exists migration, apple, pear`
}

test('migrations run once, in the order of their names', async () => {
  await freshPast()
  const folder = folderOf({
    '2-pear': 'alter table apple rename to pear',
    '1-apple': 'create table apple (id int)',
  })
  expect(await migrate(target, folder)).toEqual(['1-apple', '2-pear'])
  expect(await migrate(target, folder)).toEqual([])
  expect(await sql`select * from pear`).toEqual([])
})

test('two starts at once migrate one after the other', async () => {
  await freshPast()
  const folder = folderOf({ '1-apple': 'create table apple (id int); select pg_sleep(0.05)' })
  const ran = await Promise.all([migrate(target, folder), migrate(target, folder)])
  expect(ran.flat()).toEqual(['1-apple'])
})

test('a failing migration leaves nothing of itself and is named', async () => {
  await freshPast()
  const folder = folderOf({ '1-apple': 'create table apple (id int); create table apple (id int)' })
  await expect(migrate(target, folder)).rejects.toThrow(
    'Migration 1-apple failed: relation "apple" already exists',
  )
  expect(await sql`select to_regclass('apple') as found`).toEqual([{ found: null }])
  expect(await sql`select name from migration`).toEqual([])
})

test('a file marked so runs outside a transaction, statement by statement', async () => {
  await freshPast()
  const text =
    '-- outside a transaction\ncreate table apple (id int);\ncreate index concurrently apple_id on apple (id);\n'
  expect(await migrate(target, folderOf({ '1-apple': text }))).toEqual(['1-apple'])
  expect(statementsOf(text)).toHaveLength(2)
})

test('a past that is not ours is refused', () => {
  const [one] = readMigrations(folderOf({ '1-apple': 'select 1' }))
  expect(() => pendingOf([one!], [{ name: '1-apple', checksum: 'other' }])).toThrow(/1-apple was changed/)
  expect(() => pendingOf([], [{ name: '9-later', checksum: 'x' }])).toThrow(/9-later.*newer version/)
})

test('a row comes back in camelCase while keys inside jsonb stay as they are', async () => {
  const [row] = await sql`
    select 9007199254740991::bigint as safe_number, 9007199254740993::bigint as unsafe_number,
      '{"snake_key": 1}'::jsonb as json_value, date '2026-01-02' as the_day, timestamptz '2026-01-02 03:04:05Z' as at`
  expect(row).toEqual({
    safeNumber: 9007199254740991,
    unsafeNumber: 9007199254740993n,
    jsonValue: { snake_key: 1 },
    theDay: '2026-01-02',
    at: new Date('2026-01-02T03:04:05Z'),
  })
})
