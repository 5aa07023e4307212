import { afterAll, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { refuse } from '../testing/refuse.ts'
import { toyEngine } from '../testing/toy-engine.ts'

const { engine, stop, taskOf, toys, database } = await toyEngine()
const { sql } = database
afterAll(stop)

it('a task about which not even its own row can be written is tried a few times, then left alone', async () => {
  const { id } = await engine.createTask(
    testTask(testTemplate([testStep('a', { action: { type: 'hold-idempotent', configuration: {} } })])),
  )
  const held = await toys.running('a')
  const refusal = await refuse(sql, 'task', `new.id = '${id}'`)
  held.finish()
  // Taken up after a heartbeat, three times in all.
  await expect.poll(() => engine.executor.forgotten, { timeout: 40_000 }).toBe(2)
  const beats = async () =>
    Number((await sql`select extract(epoch from heartbeat_at)::int as at from executor`)[0]?.at)
  let asked = -1
  // The last of the three may still be under way.
  await expect
    .poll(
      async () => {
        const before = asked
        asked = await refusal.asked()
        return asked === before
      },
      { interval: 2000, timeout: 20_000 },
    )
    .toBe(true)
  const from = await beats()
  await expect.poll(beats, { interval: 500, timeout: 40_000 }).toBeGreaterThan(from + 10)
  expect(await refusal.asked()).toBe(asked)
  expect(engine.executor.forgotten).toBe(2)
  expect((await taskOf(id))?.state).toBe('running')
}, 120_000)
