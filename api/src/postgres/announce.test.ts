import { expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { testDatabase } from '../testing/database.ts'
import { announce, packIds, unpackIds } from './announce.ts'

const { sql } = await testDatabase()

test('packed ids come back in their order', () => {
  const ids = [
    newId(),
    newId(),
    '00000000-0000-7000-8000-000000000000',
    'ffffffff-ffff-7fff-bfff-ffffffffffff',
  ]
  expect(packIds(ids).flatMap(unpackIds)).toEqual(ids)
  expect(packIds([])).toEqual([])
  expect(unpackIds('')).toEqual([])
})

test('many ids are split into payloads that the server accepts', async () => {
  const ids = Array.from({ length: 1000 }, () => newId())
  const payloads = packIds(ids)
  expect(payloads).toHaveLength(3)
  for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(7_900)
  await announce(sql, 'stint_tasks', payloads)
  expect(payloads.flatMap(unpackIds)).toEqual(ids)
})
