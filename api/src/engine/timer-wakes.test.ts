import { afterAll, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { toyEngine } from '../testing/toy-engine.ts'

const behindMs = 10 * 60_000
const clock = { ...systemClock, now: () => new Date(systemClock.now().getTime() - behindMs) }
const { database, engine, stop, taskOf } = await toyEngine({ clock })
afterAll(stop)

it('a leader whose clock is behind hears of a timer that is due before it would wake', async () => {
  await expect.poll(() => engine.isLeading, { timeout: 10_000, interval: 10 }).toBe(true)
  const waits = testStep('waits', { action: { type: 'wait', configuration: { for: '2s' } } })
  const { id } = await engine.createTask(testTask(testTemplate([waits])))
  await expect
    .poll(() => taskOf(id), { timeout: 15_000, interval: 50 })
    .toMatchObject({ state: 'stopped', result: 'success' })
})

it('a timer that was announced while the listening connection was cut is looked for when it stands again', async () => {
  const waits = testStep('waits', { action: { type: 'wait', configuration: { for: '1h' } } })
  const { id } = await engine.createTask(testTask(testTemplate([waits])))
  await expect.poll(() => taskOf(id), { timeout: 10_000, interval: 20 }).toMatchObject({ executorId: null })
  await database.sql`insert into timer (task_id, step_no, kind, due_at) values (${id}, 0, 'retry', now())`
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'stint-listen'`
  const left = () => database.sql`select from timer where task_id = ${id} and kind = 'retry'`
  await expect.poll(async () => (await left()).length, { timeout: 10_000, interval: 20 }).toBe(0)
  await engine.command(id, { kind: 'cancel', actor: 'tester' })
})
