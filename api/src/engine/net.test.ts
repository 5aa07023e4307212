import { afterAll, expect, it } from 'vitest'
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
