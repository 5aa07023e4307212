import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { testEngine, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { neverHeld } from './hold.ts'
import { Rescue } from './rescue.ts'

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
