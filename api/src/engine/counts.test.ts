import type { SignalKind } from '@stint/schema/words'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { createLog } from '../base/log.ts'
import { childTasksOf } from '../testing/children.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { miscounted } from '../testing/fault/invariants.ts'
import { loseExecutor } from '../testing/lose-executor.ts'
import { clientError, holds, toyEngine } from '../testing/toy-engine.ts'
import { CountKeeper } from './count-keeper.ts'
import { removeTasks } from './removal.ts'

const quick = testTemplate([testStep('a')])
const failing = testTemplate([testStep('a', { action: clientError })])
const long = testTemplate([testStep('a', { action: holds })])
const parent = testTemplate([
  testStep('a', { action: { type: 'subtask', configuration: { template: 'child' } } }),
])
const { database, toys, engine, stop, ended, taskOf } = await toyEngine({
  childTasks: childTasksOf({ child: failing }),
})
const { sql } = database
afterAll(stop)

const repairs = { repaired: 0 }
const log = createLog({ level: 'silent', format: 'json' })
const keeper = new CountKeeper({ sql, log }, repairs)

const start = async (...request: Parameters<typeof testTask>) =>
  (await engine.createTask(testTask(...request))).id
const hourAway = () => new Date(Date.now() + 3_600_000)

const births = {
  quick: () => start(quick),
  failing: () => start(failing),
  long: () => start(long),
  parent: () => start(parent),
  unapproved: () => start(quick, { isApproved: false }),
  scheduled: () => start(quick, { startAt: hourAway() }),
  elsewhere: () => start(quick, { region: 'nowhere' }),
  internal: () => start(failing, { internal: {} }),
  follower: async () => start(quick, { dependsOn: [await start(failing)] }),
  reported: async () => {
    const report = { label: 'backup', title: 'Backup', owner: { name: 'ann' }, timeoutSeconds: 3600 }
    const { taskId, reportToken } = await engine.openReport(report)
    await engine.appendReport(taskId, reportToken, { seq: 1, result: 'warning' })
    return taskId
  },
}

const commands: readonly SignalKind[] = [
  'resolve',
  'reject',
  'start-over',
  'cancel',
  'force-cancel',
  'pause',
  'resume',
  'resume',
  'unlock',
  'force-unlock',
]

/** What may happen to an installation, in any order; of tasks, to any of them. */
const happenings = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ birth: fc.constantFrom(...(Object.keys(births) as (keyof typeof births)[])) }),
  },
  { weight: 8, arbitrary: fc.record({ command: fc.constantFrom(...commands), pick: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom('finish', 'fold', 'remove', 'crash'), pick: fc.nat() }),
  },
)
type Happening = typeof happenings extends fc.Arbitrary<infer T> ? T : never

async function happens(what: Happening, ids: string[]): Promise<void> {
  if ('birth' in what) {
    ids.push(await births[what.birth]())
    return
  }
  const id = ids[what.pick % Math.max(1, ids.length)]
  // Most commands do not fit the task that they meet.
  if ('command' in what) {
    if (id) await engine.command(id, { kind: what.command, actor: 'ann' }).catch(() => {})
  } else if (what.does === 'finish') toys.held.shift()?.finish()
  else if (what.does === 'fold') await keeper.fold(10, 20)
  else if (what.does === 'remove') await removeTasks(sql, id ? [id] : [], async () => {})
  else await loseExecutor(engine, database)
}

it('whatever happens to tasks, the counts are those of the rows at any moment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happenings, { minLength: 5, maxLength: 25 }), async (all) => {
      const ids: string[] = []
      for (const what of all) {
        await happens(what, ids)
        expect(await miscounted(sql)).toBe(0)
      }
      expect(await keeper.compare()).toEqual([])
    }),
    { numRuns: 10 },
  )
  expect(repairs.repaired).toBe(0)
}, 240_000)

const stateOf = async (id: string) => {
  const row = await taskOf(id)
  return `${row?.state} ${row?.reason ?? row?.result}`
}

it('a task that is given up and taken up again, and deleted in the end, is counted where it is', async () => {
  const id = await ended(testTask(failing))
  for (const [kind, state] of [
    ['unlock', 'stopped unlocked'],
    ['resume', 'paused step-failed'],
    ['unlock', 'stopped unlocked'],
  ] as const) {
    await engine.command(id, { kind, actor: 'ann' })
    await expect.poll(() => stateOf(id), { timeout: 10_000 }).toBe(state)
    expect(await miscounted(sql)).toBe(0)
  }
  expect(await removeTasks(sql, [id], async () => {})).toBe(1)
  expect(await miscounted(sql)).toBe(0)
})

it('a flush that changes no state writes no counts', async () => {
  const id = await start(testTemplate([testStep('alone', { action: holds })]))
  const running = await toys.running('alone')
  const rows = () => sql`select id from task_count order by id`
  const before = await rows()
  await engine.comment(id, 'ann', 'still there?')
  running.progress(1, 2)
  await expect.poll(async () => (await taskOf(id))?.progress, { timeout: 10_000 }).toBe(0.5)
  expect(await rows()).toEqual(before)
  running.finish()
})

it('few rows are left of many, whoever folds at the same time, and their sums stay', async () => {
  await sql`insert into task_count (state, result, n) select 'running', 'pending', n % 3 - 1 from generate_series(1, 900) as n`
  expect(await miscounted(sql)).toBe(0)
  const folded = await Promise.all([keeper.fold(20, 100), keeper.fold(20, 100), keeper.fold(20, 100)])
  expect(Math.max(...folded)).toBeGreaterThan(100)
  expect((await sql`select from task_count`).length).toBeLessThan(100)
  expect(await miscounted(sql)).toBe(0)
  await keeper.fold(20, 100)
  // Nothing to do: an installation that rests is not written to.
  expect(await keeper.fold()).toBe(0)
})

it('two that compare at the same moment repair once', async () => {
  await sql`insert into task_count (state, result, n) values ('paused', 'pending', 7), ('stopped', 'error', -2)`
  const found = await Promise.all([keeper.compare(), keeper.compare(), keeper.compare()])
  const [wrong] = found.filter((rows) => rows !== undefined && rows.length > 0)
  expect([...(wrong ?? [])].sort((a, b) => a.n - b.n)).toEqual([
    { state: 'paused', result: 'pending', n: -7 },
    { state: 'stopped', result: 'error', n: 2 },
  ])
  expect(repairs.repaired).toBe(9)
  expect(await miscounted(sql)).toBe(0)
})

it('nobody waits at the end of a process for all tasks to be counted', async () => {
  const [locked, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const another = sql.begin(async (tx) => {
    await tx`lock table task in access exclusive mode`
    locked.resolve()
    await over.promise
  })
  await locked.promise
  const leaving = new CountKeeper({ sql, log }, repairs)
  const comparing = leaving.compare()
  const waiting = () =>
    sql`select from pg_stat_activity where query like '%repairCounts%' and wait_event_type = 'Lock'`
  await expect.poll(async () => (await waiting()).length, { timeout: 10_000, interval: 10 }).toBe(1)
  await leaving.stop()
  expect(await comparing).toBe(undefined)
  over.resolve()
  await another
})
