import { beforeAll, expect, it } from 'vitest'
import { createLog } from '../../base/log.ts'
import { CountKeeper } from '../../engine/count-keeper.ts'
import { testDatabase } from '../../testing/database.ts'
import { actorOf } from '../../testing/world.ts'
import { countTasks, hasTasks } from './counts.ts'
import { countDeletable } from './delete.ts'
import { listTasks } from './list.ts'
import { countByOutcome } from './store/counts.ts'

const database = await testDatabase()
const { app, sql } = database

const ann = actorOf('ann', ['admin'])
const rita = actorOf('rita', ['resolver'])
const keeper = new CountKeeper({ sql, log: createLog({ level: 'silent', format: 'json' }) }, { repaired: 0 })

/** More successes than anybody counts, five failures and three internal tasks, of which nobody knows. */
beforeAll(async () => {
  await sql`
    insert into task (id, kind, label, title, state, result, owner_name, resolvers, about_task_id, created_at, state_updated_at)
    select gen_random_uuid(), 'run', 'sample', 'A sample', 'stopped', case when n <= 5 then 'error' else 'success' end, 'ann',
      array['rita'], case when n > 10105 then gen_random_uuid() end, now() - n * interval '1 second', now()
    from generate_series(1, 10108) as n`
  await keeper.compare()
})

const stopped = (result: string, count: number, isCapped = false) => ({
  ...{ state: 'stopped', result, count, isCapped },
  latestAt: expect.any(Date),
})

it('who sees everything and filters nothing hears exact numbers, the others at most 10,000', async () => {
  expect(await countTasks(app, ann, {})).toEqual([stopped('success', 10_100), stopped('error', 5)])
  const capped = [stopped('success', 10_000, true), stopped('error', 5)]
  expect(await countTasks(app, ann, { labels: ['sample'] })).toEqual(capped)
  expect(await countTasks(app, ann, { text: 'sample' })).toEqual(capped)
  expect(await countTasks(app, ann, { states: ['stopped'] })).toEqual(capped)
  expect(await countTasks(app, rita, {})).toEqual(capped)
})

it('the numbers are those of the rows, and of the same latest tasks', async () => {
  const rows = await countByOutcome(sql, ann, {}, 1_000_000)
  expect(await countTasks(app, ann, {})).toEqual(rows.map((row) => ({ ...row, isCapped: false })))
})

it('a wrong count is wrong on the card and nowhere else, until it is repaired', async () => {
  const right = await countTasks(app, ann, {})
  await sql`
    insert into task_count (state, result, n)
    values ('stopped', 'success', -10100), ('stopped', 'error', -9), ('paused', 'pending', 3)`
  expect(await countTasks(app, ann, {})).toEqual([
    { state: 'paused', result: 'pending', count: 3, isCapped: false, latestAt: null },
  ])
  expect(await countTasks(app, ann, { results: ['error'] })).toEqual([stopped('error', 5)])
  const page = { order: 'newer-first', size: 10, backwards: false } as const
  expect(await listTasks(app, ann, { results: ['error'] }, page)).toHaveLength(5)
  expect(await listTasks(app, ann, { states: ['paused'] }, page)).toHaveLength(0)
  expect(await hasTasks(app)).toBe(true)
  expect(await countDeletable(app, ann, { filter: { results: ['error'] } })).toMatchObject({ count: 5 })
  expect(await keeper.compare()).toHaveLength(3)
  expect(await countTasks(app, ann, {})).toEqual(right)
})
