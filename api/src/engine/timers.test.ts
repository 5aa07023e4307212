import { afterAll, afterEach, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { toyEngine } from '../testing/toy-engine.ts'
import { setTestPoint } from './test-points.ts'

const { database, engine, stop, taskOf } = await toyEngine()
afterAll(stop)
afterEach(() => setTestPoint('timers.sent', undefined))

const signals = () => database.sql<{ taskId: string; kind: string }[]>`select task_id, kind from signal`

it('a timer that fires while its task stops leaves nothing in the mailbox', async () => {
  let release: () => void = () => {}
  const fires = new Promise<void>((fired) => {
    setTestPoint('timers.sent', () => {
      fired()
      return new Promise<void>((resolve) => {
        release = resolve
      })
    })
  })
  const waits = testStep('waits', { action: { type: 'wait', configuration: { for: '1s' } } })
  const { id } = await engine.createTask(testTask(testTemplate([waits])))
  await fires
  // Its signal stands in a transaction that nobody sees yet.
  const cancelled = engine.command(id, { kind: 'cancel', actor: 'tester' })
  const blocked = () => database.sql`
    select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%dropTimersOf%'`
  await expect.poll(async () => (await blocked()).length, { timeout: 10_000, interval: 10 }).toBe(1)
  release()
  await cancelled
  await expect.poll(() => taskOf(id), { timeout: 10_000, interval: 10 }).toMatchObject({ state: 'stopped' })
  expect(await signals()).toEqual([])
})
