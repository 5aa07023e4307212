import { afterAll, expect, it } from 'vitest'
import { newId } from '../base/ids.ts'
import { dropEmptyMonths, ensurePartitions } from '../postgres/partitions.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { toyEngine } from '../testing/toy-engine.ts'
import { neverHeld } from './hold.ts'
import { Sweep } from './sweep.ts'

const { stop, database, ended } = await toyEngine()
const { sql, app } = database
afterAll(stop)

const kept = { tasksMs: 24 * 3_600_000, internalMs: undefined }
const options = { sql, log: app.log, hold: neverHeld, retention: () => kept, wake: async () => {} }
const sweeper = new Sweep(options, { removed: 0 })

const monthsOf = async (name: string) =>
  (
    await sql`
      select relname from pg_class
      where relkind = 'r' and relispartition and relname like ${`%\\_${name}`} order by relname`
  ).map((row) => row.relname)
const all = (name: string) =>
  ['attempt', 'event', 'output', 'payload', 'step'].map((table) => `${table}_${name}`)

/** Moves a task that is over, with its rows, to the time in which its id would have been made. */
async function ageTo(id: string, instant: string): Promise<string> {
  const old = newIdAt(instant)
  await sql.begin(async (tx) => {
    await tx`update task set id = ${old}, ended_at = ${instant}::timestamptz where id = ${id}`
    for (const table of ['step', 'attempt', 'event', 'payload', 'output'])
      await tx`update ${tx(table)} set task_id = ${old} where task_id = ${id}`
  })
  return old
}

/** Ids of one process ascend, so an old one is made of a new one. */
function newIdAt(instant: string): string {
  const hex = Date.parse(instant).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`
}

it('a month is dropped whole when it is over and the last of its tasks was deleted', async () => {
  for (const month of ['2024-01', '2024-02', '2024-03'])
    await ensurePartitions(sql, new Date(`${month}-05T00:00:00Z`), 0)
  await ensurePartitions(sql, new Date(), 1)
  const now = new Date().toISOString().slice(0, 7).replace('-', '')
  const quick = testTask(testTemplate([testStep('a')]))
  const due = await ageTo(await ended(quick), '2024-02-10T00:00:00Z')
  const staying = await ageTo(
    await ended(testTask(testTemplate([testStep('a')], { cleanupAfterMs: 50 * 365 * 24 * 3_600_000 }))),
    '2024-03-31T23:59:59.999Z',
  )
  expect(
    await sql`select tableoid::regclass::text as at from step where task_id in ${sql([due, staying])} order by 1`,
  ).toEqual([{ at: 'step_202402' }, { at: 'step_202403' }])

  expect((await dropEmptyMonths(sql)).sort()).toEqual(all('202401'))
  expect(await sweeper.sweep()).toBe(1)
  expect([await monthsOf('202401'), await monthsOf('202402')]).toEqual([[], []])
  expect(await monthsOf('202403')).toEqual(all('202403'))
  expect(await monthsOf(now)).toEqual(all(now))
  // What is late all the same finds the default.
  await ageTo(await ended(quick), '2024-01-10T00:00:00Z')
  expect(await sql`select from attempt where task_id = ${staying}`).toHaveLength(1)
})

it('a month that somebody reads is left for later, and nobody waits behind the drop', async () => {
  await ensurePartitions(sql, new Date('2023-06-05T00:00:00Z'), 0)
  const reading = Promise.withResolvers<void>()
  const read = Promise.withResolvers<void>()
  const reader = sql.begin(async (tx) => {
    await tx`select count(*) from step`
    reading.resolve()
    await read.promise
  })
  await reading.promise
  let isOver = false
  const dropping = dropEmptyMonths(sql).finally(() => {
    isOver = true
  })
  // Tasks run on beside the one that reads, before and after the drop has given up.
  let tasks = 0
  while (!isOver || tasks < 5) {
    await ended(testTask(testTemplate([testStep('a')])))
    tasks++
  }
  expect(await dropping).toEqual([])
  expect(await monthsOf('202306')).toEqual(all('202306'))
  read.resolve()
  await reader
  expect((await dropEmptyMonths(sql)).sort()).toEqual(all('202306'))
})
