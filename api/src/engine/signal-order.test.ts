import { afterAll, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { holds, toyEngine } from '../testing/toy-engine.ts'

const { database, toys, engine, stop, taskOf } = await toyEngine()
afterAll(stop)

it('a signal that commits after a later one is applied all the same', async () => {
  const { id } = await engine.createTask(testTask(testTemplate([testStep('a', { action: holds })])))
  await toys.running('a')
  const [insert, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  // Its number is drawn, and nobody sees it yet.
  const cancelled = engine.command(id, { kind: 'cancel', actor: 'tester' }, async () => {
    insert.resolve()
    await commit.promise
  })
  await insert.promise
  await database.sql`insert into signal (task_id, kind, actor) values (${id}, 'lock', 'engine')`
  engine.executor.heard([id])
  const isRead = () => database.sql`
    select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%lockTasks%'`
  await expect.poll(async () => (await isRead()).length, { timeout: 10_000, interval: 10 }).toBe(1)
  commit.resolve()
  await cancelled
  await expect
    .poll(() => taskOf(id), { timeout: 10_000, interval: 20 })
    .toMatchObject({ state: 'stopped', result: 'cancelled' })
})
