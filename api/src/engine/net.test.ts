import { afterAll, expect, it, onTestFinished } from 'vitest'
import { newId } from '../base/ids.ts'
import { testDatabase } from '../testing/database.ts'
import { testEngine, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { neverHeld } from './hold.ts'
import { Rescue, takeOver } from './rescue.ts'
import { insertExecutor } from './store/executor.ts'
import { insertSignals } from './store/signal.ts'

const database = await testDatabase()
const { sql, app } = database
// Creates tasks and takes none: what is due waits in the queue.
const { engine, stop } = await testEngine(database, { capacity: 0, role: 'serve' })
afterAll(stop)

it('the safety net finds what has no hint, and nothing that only waits for an executor with room', async () => {
  const woken: string[] = []
  const wake = async (_: unknown, ids: readonly string[]) => void woken.push(...ids)
  const parts = { sql, log: app.log, hold: neverHeld, wake, applyMail: async () => {} }
  const counts = { takeovers: 0, found: 0 }
  const rescue = new Rescue(parts, counts)
  const { id } = await engine.createTask(testTask(testTemplate([testStep('a')])))
  expect([await rescue.castNet(0), counts.found, woken]).toEqual([0, 0, []])
  await sql`delete from pgboss.job`
  expect([await rescue.castNet(0), counts.found, woken]).toEqual([1, 1, [id]])
})

it('a takeover gives the hints again that the dead had taken, also those of mail for a task that only waits', async () => {
  const woken: string[] = []
  const wake = async (_: unknown, ids: readonly string[]) => void woken.push(...ids)
  const queued = await engine.createTask(testTask(testTemplate([testStep('a')])))
  const later = { startAt: new Date(Date.now() + 3_600_000) }
  const asked = await engine.createTask({ ...testTask(testTemplate([testStep('a')])), ...later })
  await insertSignals(sql, [{ taskId: asked.id, kind: 'pause', actor: 'ann' }])
  const dead = newId()
  await insertExecutor(sql, {
    id: dead,
    host: 'elsewhere',
    bootId: '',
    pid: 1,
    pidStartedAt: '',
    installation: 'test',
    version: 'test',
    region: undefined,
    role: 'work',
    capacity: 1,
    keyIds: [],
  })
  expect(await takeOver({ sql, log: app.log, wake }, dead, 0)).toBe(0)
  expect(woken).toEqual(expect.arrayContaining([queued.id, asked.id]))
})

it('a new leader gives hints again whose fetch is under way, and leaves to the net what has none', async () => {
  const woken: string[] = []
  const wake = async (_: unknown, ids: readonly string[]) => void woken.push(...ids)
  const later = { startAt: new Date(Date.now() + 3_600_000) }
  const fetched = await engine.createTask(testTask(testTemplate([testStep('a')])))
  const asked = await engine.createTask({ ...testTask(testTemplate([testStep('a')])), ...later })
  await insertSignals(sql, [{ taskId: asked.id, kind: 'pause', actor: 'ann' }])
  const ids = sql.json({ ids: [fetched.id, asked.id] })
  await sql`
    update pgboss.job set state = 'active', started_on = now(), heartbeat_on = now(), data = ${ids}
    where name = 'advance' and singleton_key = ${fetched.id}`
  const queued = await engine.createTask(testTask(testTemplate([testStep('a')])))
  const lost = await engine.createTask(testTask(testTemplate([testStep('a')])))
  await sql`delete from pgboss.job where singleton_key = ${lost.id}`
  const counts = { takeovers: 0, found: 0 }
  const rescue = new Rescue({ sql, log: app.log, hold: neverHeld, wake, applyMail: async () => {} }, counts)
  onTestFinished(() => rescue.stop())
  await rescue.start()
  await expect.poll(() => woken.length).toBeGreaterThan(0)
  expect(woken).toEqual(expect.arrayContaining([fetched.id, asked.id]))
  expect(woken).not.toContain(queued.id)
  expect(woken).not.toContain(lost.id)
  expect(counts.found).toBe(0)
})

it('a task whose hint was fetched by nobody who lives is begun by the next leader, not when the queue misses its job', async () => {
  const { id } = await engine.createTask(testTask(testTemplate([testStep('a')])))
  await sql`
    update pgboss.job set state = 'active', started_on = now(), heartbeat_on = now()
    where name = 'advance' and singleton_key = ${id}`
  const next = await testEngine(database, { capacity: 5 })
  onTestFinished(next.stop)
  await stop()
  const state = async () => (await sql`select state from task where id = ${id}`)[0]?.state
  await expect.poll(state, { timeout: 8000 }).toBe('stopped')
})
