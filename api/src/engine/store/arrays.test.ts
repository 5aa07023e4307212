import { expect, test } from 'vitest'
import { testDatabase } from '../../testing/database.ts'
import { bytes, instants, jsonTexts, textLists } from './arrays.ts'

const { sql } = await testDatabase()

test('bytes in an array arrive as they are, and so does a single value', async () => {
  const values = [Buffer.from([0, 1, 255, 92]), Buffer.alloc(0), null]
  const rows = await sql`select value from unnest(${bytes(values)}::bytea[]) as value`
  expect(rows.map((row) => row.value)).toEqual(values)
  const [row] = await sql`select ${Buffer.from([0, 255])}::bytea as value`
  expect(row?.value).toEqual(Buffer.from([0, 255]))
})

test('instants keep their milliseconds', async () => {
  const values = [new Date('2026-11-20T08:00:00.123Z'), null]
  const rows =
    await sql`select to_timestamp(value / 1000) as value from unnest(${instants(values)}::float8[]) as value`
  expect(rows.map((row) => row.value)).toEqual(values)
})

test('JSON and lists arrive with every kind of text inside', async () => {
  const text = 'a "b" \\ {c,d} \' \n'
  const json = [{ text, list: [1, null, { x: text }] }, undefined]
  const rows = await sql`select value::jsonb as value from unnest(${jsonTexts(json)}::text[]) as value`
  expect(rows.map((row) => row.value)).toEqual([json[0], null])
  const lists =
    await sql`select value::text[] as value from unnest(${textLists([[text, 'x'], []])}::text[]) as value`
  expect(lists.map((row) => row.value)).toEqual([[text, 'x'], []])
})
