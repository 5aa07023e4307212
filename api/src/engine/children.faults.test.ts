import { afterAll, afterEach, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { chain, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { clean, findings } from '../testing/fault/invariants.ts'
import { faultKit } from '../testing/fault/kit.ts'
import type { TestPoint } from './test-points.ts'

const database = await testDatabase()
const kit = await faultKit(database)
afterEach(() => kit.killAll())
afterAll(() => kit.close())

const appends = { action: { type: 'append', configuration: { ms: 20 } } }
const starts = (template: string) => ({ action: { type: 'subtask', configuration: { template } } })
const templates = {
  child: testTemplate(chain(['c0', 'c1'], appends), { name: 'child' }),
  middle: testTemplate([testStep('m', starts('child'))], { name: 'middle' }),
  member: testTemplate([testStep('b', { action: { type: 'append', configuration: { ms: 1 } } })], {
    name: 'member',
  }),
}
const parent = testTemplate(
  [
    testStep('start', starts('middle')),
    testStep('after', { ...appends, dependencies: [{ step: 'start', states: ['DONE'] }] }),
  ],
  { name: 'parent' },
)

const executor = (given: Parameters<typeof kit.startExecutor>[0] = {}) =>
  kit.startExecutor({ templates, ...given })

async function createParents(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => kit.engine.createTask(testTask(parent))))
}

/** Lets interrupted steps of tasks that lost three executors in a row run again: on a slow machine some do. */
async function review(): Promise<void> {
  const rows = await database.sql<{ taskId: string; no: number }[]>`
    select step.task_id, step.no from step join task on task.id = step.task_id
    where task.state = 'paused' and task.reason = 'needs-review' and step.state = 'CRASHED' limit 100`
  const answer = { kind: 'review-step', actor: 'tester', payload: { decision: 'run-again' } } as const
  await Promise.all(rows.map(({ taskId, no }) => kit.engine.command(taskId, { ...answer, stepNo: no })))
}

const open = async () => {
  await review()
  return (await findings(database.sql)).byState
}

const runningSteps = async () =>
  (await database.sql`select count(*)::int as n from step where state = 'RUNNING'`)[0]?.n ?? 0

/** Unread mail of a task and its children. */
const mailOf = async (id: string) =>
  (
    await database.sql`select count(*)::int as n from signal
      where task_id in (select id from task where id = ${id} or parent_id = ${id})`
  )[0]?.n ?? 0

/** Steps that have another number of children than one. */
const wronglyBorn = () => database.sql`
  select task.id from task
  where task.label in ('parent', 'middle') and 1 <> (select count(*) from task as child where child.parent_id = task.id)`

it('random kills: every parent has one child, no end of a child is missed', async () => {
  const running = [await executor(), await executor()]
  for (let wave = 0; wave < 6; wave++) {
    await createParents(40)
    await expect.poll(runningSteps, { timeout: 30_000, interval: 5 }).toBeGreaterThan(5)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 100))
    await running.shift()?.kill()
    running.push(await executor())
  }
  for (const each of running) await each.stop()
  const last = await executor()
  await expect.poll(open, { timeout: 90_000, interval: 200 }).toEqual({ 'stopped/success': 240 * 3 })
  expect(await wronglyBorn()).toHaveLength(0)
  expect(await findings(database.sql)).toMatchObject(clean)
  expect(kit.engine.counts.found + (await last.counts()).found).toBe(0)
  const [interrupted] = await database.sql`select count(*)::int as count from attempt where state = 'CRASHED'`
  console.log(`240 parents of two levels, ${interrupted?.count} attempts interrupted`)
})

const points: [TestPoint, number, string?][] = [
  ['claim.after', 3],
  ['flush.locked', 4],
  ['flush.written', 4],
  ['flush.committed', 4],
  ['run.running-durable', 9],
  ['run.action-ended', 9],
  ['flush.written', 9],
  ['flush.committed', 9],
  ['run.running-durable', 40],
  ['run.action-ended', 40],
  // The first looks at children that are over: what the step knew must survive, or it starts another child.
  ['run.running-durable', 21, 'm'],
  ['run.action-ended', 21, 'm'],
  ['run.running-durable', 30, 'm'],
]

it.each(points)(
  'an executor that dies at %s (the %d. time) gives birth to no child twice',
  async (point, nth, subject) => {
    const before = (await findings(database.sql)).byState['stopped/success'] ?? 0
    const doomed = await executor({ dieAt: { point, nth, ...(subject && { subject }) } })
    await createParents(20)
    await doomed.exited
    const next = await executor()
    await expect.poll(open, { timeout: 30_000, interval: 100 }).toEqual({ 'stopped/success': before + 60 })
    expect(await wronglyBorn()).toHaveLength(0)
    expect(await findings(database.sql)).toMatchObject(clean)
    await next.stop()
  },
)

it('a cancel survives the executor that was carrying it out, for the parent and its child', async () => {
  const slow = { action: { type: 'append', configuration: { ms: 60_000 } } }
  const sleeper = testTemplate([testStep('sleeps', slow)], { name: 'sleeper' })
  const doomed = await kit.startExecutor({ templates: { sleeper } })
  const { id } = await kit.engine.createTask(
    testTask(
      testTemplate([testStep('start', starts('sleeper')), testStep('beside', slow)], { name: 'cancelled' }),
    ),
  )
  await expect.poll(runningSteps, { timeout: 20_000 }).toBe(2)
  await kit.engine.command(id, { kind: 'cancel', actor: 'ann' })
  const told = () => database.sql`
    select from event where kind = 'command' and name = 'cancel'
      and task_id in (select id from task where id = ${id} or parent_id = ${id})`
  // Both know of it and are asking their actions to end, which takes a second: now it dies.
  await expect.poll(async () => (await told()).length, { timeout: 5_000, interval: 5 }).toBe(2)
  await doomed.kill()
  const next = await executor()
  const ends = async () =>
    (await database.sql`select reason from task where id = ${id} or parent_id = ${id}`).map(
      (row) => row.reason,
    )
  await expect.poll(ends, { timeout: 40_000, interval: 100 }).toEqual(['cancelled', 'cancelled'])
  // The record says it once.
  expect(await told()).toHaveLength(2)
  expect(await findings(database.sql)).toMatchObject({ leftovers: 0, gaps: 0 })
  await next.stop()
})

it('a family of 500 that is paused while its executors die rests whole, and goes on whole', async () => {
  const work = testStep('b', { action: { type: 'append', configuration: { ms: 100 } } })
  const last = testStep('c', { ...appends, dependencies: [{ step: 'b', states: ['DONE'] }] })
  const inputs = JSON.stringify(Array.from({ length: 500 }, () => ({})))
  const all = testStep('all', {
    action: { type: 'batch', configuration: { template_name: 'relative', json_inputs: inputs } },
  })
  const known = { templates: { relative: testTemplate([work, last], { name: 'relative' }) } }
  const { id } = await kit.engine.createTask(testTask(testTemplate([all], { name: 'family' })))
  let current = await executor(known)
  const living = (where: string) => async () =>
    (
      await database.sql`select count(*)::int as n from task
        where parent_id = ${id} and state <> 'stopped' and ${database.sql.unsafe(where)}`
    )[0]?.n ?? 0
  await expect.poll(living('true'), { timeout: 30_000, interval: 20 }).toBeGreaterThan(200)
  for (let round = 0; round < 2; round++) {
    await kit.engine.command(id, { kind: 'pause', actor: 'ann' })
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300))
    await current.kill()
    current = await executor(known)
    const resting = async () => {
      await review()
      return { moving: await living("reason is distinct from 'by-parent'")(), signals: await mailOf(id) }
    }
    await expect.poll(resting, { timeout: 40_000, interval: 100 }).toEqual({ moving: 0, signals: 0 })
    await kit.engine.command(id, { kind: 'resume', actor: 'ann' })
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300))
    await current.kill()
    current = await executor(known)
  }
  const result = async () => {
    await review()
    return (await database.sql`select result from task where id = ${id}`)[0]?.result
  }
  await expect.poll(result, { timeout: 60_000, interval: 100 }).toBe('success')
  expect(await living('true')()).toBe(0)
  expect(await findings(database.sql)).toMatchObject(clean)
  expect(kit.engine.counts.found + (await current.counts()).found).toBe(0)
})

it('parents that are started over while executors die have one child in each life, one after the other', async () => {
  const slow = { action: { type: 'append', configuration: { ms: 3000 } } }
  const known = { templates: { slow: testTemplate([testStep('s', slow)], { name: 'slow' }) } }
  const parent = testTask(testTemplate([testStep('start', starts('slow'))], { name: 'again' }))
  let current = await executor(known)
  const ids = (await Promise.all(Array.from({ length: 30 }, () => kit.engine.createTask(parent)))).map(
    ({ id }) => id,
  )
  const each = (kind: 'pause' | 'start-over', payload?: object) =>
    Promise.all(ids.map((id) => kit.engine.command(id, { kind, actor: 'ann', ...(payload && { payload }) })))
  const working = () => database.sql`select from step where name = 's' and state = 'RUNNING'`
  await expect.poll(working, { timeout: 20_000 }).toHaveLength(30)
  await each('pause', { alone: true })
  const resting = () => database.sql`
    select from task where id = any(${ids}::uuid[]) and state = 'paused' and reason = 'by-user'`
  await expect.poll(resting, { timeout: 20_000 }).toHaveLength(30)
  await each('start-over')
  for (let kills = 0; kills < 3; kills++) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 500))
    await current.kill()
    current = await executor(known)
  }
  const left = async () => {
    await review()
    return database.sql`select state, reason from task where id = any(${ids}::uuid[]) and result <> 'success'`
  }
  await expect.poll(left, { timeout: 60_000, interval: 100 }).toEqual([])
  const lives = await database.sql<{ results: string; inTurn: boolean }[]>`
    select
      string_agg(result, ' ' order by id) as results,
      (array_agg(ended_at order by id))[1] <= (array_agg(created_at order by id))[2] as in_turn
    from task where parent_id = any(${ids}::uuid[]) group by parent_id`
  // On a slow machine one may have been over before it was told to stop.
  const lifeOf = ({ results, inTurn }: (typeof lives)[number]) =>
    `${results.replace(/^success /, 'cancelled ')} ${inTurn}`
  expect(new Set(lives.map(lifeOf))).toEqual(new Set(['cancelled success true']))
  expect(await findings(database.sql)).toMatchObject({ finishedTwice: 0, gaps: 0, leftovers: 0 })
  expect(kit.engine.counts.found + (await current.counts()).found).toBe(0)
})

it('a batch of 1,000 whose executors die again and again has each member once', async () => {
  const batch = testTemplate(
    [
      testStep('all', {
        action: {
          type: 'batch',
          configuration: {
            template_name: 'member',
            json_inputs: JSON.stringify(Array.from({ length: 1000 }, () => ({}))),
            sub_batch_size: 300,
          },
        },
      }),
    ],
    { name: 'batch' },
  )
  let current = await executor()
  const { id } = await kit.engine.createTask(testTask(batch))
  for (let kills = 0; kills < 5; kills++) {
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 300))
    await current.kill()
    current = await executor()
  }
  const result = async () => {
    await review()
    return (await database.sql`select result from task where id = ${id}`)[0]?.result
  }
  await expect.poll(result, { timeout: 60_000, interval: 200 }).toBe('success')
  const [born] = await database.sql`
    select count(*)::int as all, count(distinct born_index)::int as places from task where parent_id = ${id}`
  expect(born).toEqual({ all: 1000, places: 1000 })
  expect(await findings(database.sql)).toMatchObject(clean)
})
