import { afterAll, expect, it } from 'vitest'
import { toyEngine } from '../testing/toy-engine.ts'
import { takeDueTimers } from './store/timer.ts'

const { database, engine, stop, taskOf } = await toyEngine()
afterAll(stop)

it('a silent reporter loses its task, also when the leader that saw it died over it', async () => {
  const owner = { name: 'ann' }
  const { taskId } = await engine.openReport({
    label: 'backup',
    title: 'Backup',
    owner,
    timeoutSeconds: 3600,
  })
  await database.sql.begin(async (tx) => {
    await tx`update report set reported_at = now() - interval '2 hours' where task_id = ${taskId}`
    await tx`update timer set due_at = now() where task_id = ${taskId}`
    // What it was to do about it, it did not do any more.
    expect(await takeDueTimers(tx, 10)).toMatchObject([{ taskId, kind: 'report' }])
    await tx`select pg_notify('stint_timers', '0')`
  })
  await expect
    .poll(() => taskOf(taskId), { timeout: 15_000, interval: 50 })
    .toMatchObject({ state: 'stopped', result: 'error', reason: 'report-lost' })
  expect(await database.sql`select from timer where task_id = ${taskId}`).toHaveLength(0)
})

it('a report that comes with the end of its time wins', async () => {
  const owner = { name: 'ann' }
  const { taskId, reportToken } = await engine.openReport({
    label: 'backup',
    title: 'Backup',
    owner,
    timeoutSeconds: 3600,
  })
  await engine.appendReport(taskId, reportToken, { seq: 1, progress: 0.5 })
  await database.sql`update timer set due_at = now() where task_id = ${taskId}`
  await database.sql`select pg_notify('stint_timers', '0')`
  const dueAt = () => database.sql<{ inMs: number }[]>`
    select (extract(epoch from due_at - now()) * 1000)::float8 as in_ms from timer where task_id = ${taskId}`
  await expect
    .poll(async () => (await dueAt())[0]?.inMs, { timeout: 10_000, interval: 20 })
    .toBeGreaterThan(0)
  expect(await engine.appendReport(taskId, reportToken, { seq: 2, result: 'success' })).toBe(true)
  expect(await taskOf(taskId)).toMatchObject({ state: 'stopped', result: 'success' })
})
