import { afterAll, expect, it, onTestFinished } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { testEngine, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { neverHeld } from './hold.ts'
import { Rescue } from './rescue.ts'

const database = await testDatabase()
const { sql, app } = database
const { engine, stop } = await testEngine(database)
afterAll(stop)

const template = testTemplate([testStep('a')])
const create = async (region: string) => (await engine.createTask({ ...testTask(template), region })).id
const queues = async () => (await sql`select name from pgboss.queue where name like 'advance%'`).length
const stateOf = async (id: string) => (await sql`select state from task where id = ${id}`)[0]?.state

it('regions that no executor was started in have no queue; the first one finds what waits for it', async () => {
  const before = await queues()
  const names = Array.from({ length: 30 }, (_, index) => `place ${index}`)
  const [first = '', second = ''] = await Promise.all(names.map(create))
  const plain = await create('west')
  expect(await queues()).toBe(before)
  const wake = async () => {}
  const counts = { takeovers: 0, found: 0 }
  const net = new Rescue({ sql, log: app.log, hold: neverHeld, wake, applyMail: async () => {} }, counts)
  expect(await net.castNet(0)).toBe(0)
  expect((await engine.whyNotRunning(first))?.sentence).toContain('No executor is running in region place 0')

  const there = await testEngine(database, { region: 'place 0' })
  onTestFinished(there.stop)
  expect(await queues()).toBe(before + 1)
  await expect.poll(() => stateOf(first), { timeout: 10_000 }).toBe('stopped')
  const next = await create('place 0')
  await expect.poll(() => stateOf(next), { timeout: 10_000 }).toBe('stopped')
  expect([await stateOf(second), await stateOf(plain)]).toEqual(['pending', 'pending'])
  expect(await queues()).toBe(before + 1)
})
