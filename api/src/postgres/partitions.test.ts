import { expect, test, vi } from 'vitest'
import { newId } from '../base/ids.ts'
import { testClock } from '../testing/clock.ts'
import { testDatabase } from '../testing/database.ts'
import { PartitionKeeper } from './partition-keeper.ts'
import { ensurePartitions, monthsFrom, smallestId } from './partitions.ts'

const { sql, app } = await testDatabase()

function addPayload(id: string): Promise<unknown> {
  return sql`insert into payload (task_id, key_id, wrapped_key) values (${id}, 'k', ''::bytea)`
}

async function partitionOf(id: string): Promise<string | undefined> {
  const [row] = await sql<
    { at: string }[]
  >`select tableoid::regclass::text as at from payload where task_id = ${id}`
  return row?.at
}

test('months follow each other over the turn of the year without a gap', () => {
  const months = monthsFrom(new Date('2026-11-30T23:59:59Z'), 3)
  expect(months.map(({ name }) => name)).toEqual(['202611', '202612', '202701'])
  expect(months[0]!.to).toBe(months[1]!.from)
  expect(months[2]!.from).toBe(smallestId(new Date('2027-01-01T00:00:00Z')))
})

test('partitions are made ahead, once, for every table of the history', async () => {
  const now = new Date('2031-05-10T00:00:00Z')
  expect(await ensurePartitions(sql, now, 1)).toHaveLength(10)
  expect(await ensurePartitions(sql, now, 1)).toEqual([])
  const [step] = await sql`select reloptions from pg_class where relname = 'step_203105'`
  expect(step).toEqual({ reloptions: ['fillfactor=80'] })
})

test('rows of a task lie in the month in which its id was made', async () => {
  await ensurePartitions(sql, new Date('2032-02-01T00:00:00Z'), 0)
  const last = newId(Date.parse('2032-02-29T23:59:59.999Z'))
  await addPayload(last)
  expect(await partitionOf(last)).toBe('payload_203202')
})

test('rows that already lie in the default partition stay there and do no harm', async () => {
  const id = '01c00000-0000-7000-8000-000000000001' // Of the year 2031, in a month that has no partition yet.
  await addPayload(id)
  const at = new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16))
  const made = await ensurePartitions(sql, at, 0)
  expect(made.filter((name) => name.startsWith('payload'))).toEqual([])
  expect(made).toHaveLength(4)
  expect(await partitionOf(id)).toBe('payload_default')
})

test('two processes may make them at once', async () => {
  const now = new Date('2033-01-15T00:00:00Z')
  const made = await Promise.all([ensurePartitions(sql, now, 2), ensurePartitions(sql, now, 2)])
  expect(new Set(made.flat()).size).toBe(15)
})

test('a process that runs for months makes the months ahead by itself', async () => {
  const clock = testClock(new Date('2034-01-31T23:00:00Z'))
  const keeper = new PartitionKeeper({ sql, clock, log: app.log, everyMs: 5 })
  await keeper.start()
  const has = (name: string) => sql`select from pg_class where relname = ${name}`
  await vi.waitFor(async () => expect(await has('event_203404')).toHaveLength(1), 30_000)
  clock.advance(2 * 3_600_000)
  await vi.waitFor(async () => expect(await has('event_203405')).toHaveLength(1), 30_000)
  await keeper.stop()
})
