import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { chain, testTask, testTemplate } from '../testing/engine.ts'
import { clean, findings } from '../testing/fault/invariants.ts'
import { faultKit } from '../testing/fault/kit.ts'

const database = await testDatabase()
const kit = await faultKit(database)
afterAll(() => kit.close())

const template = testTemplate(
  chain(['s0', 's1', 's2'], { action: { type: 'append', configuration: { ms: 400 } } }),
)

it('a frozen executor loses its tasks within 15 s, and nothing it writes after it thaws counts', async () => {
  const frozen = await kit.startExecutor()
  const created = await Promise.all(
    Array.from({ length: 40 }, () => kit.engine.createTask(testTask(template))),
  )
  await expect
    .poll(async () => (await database.sql`select from step where state = 'RUNNING'`).length, {
      timeout: 10_000,
    })
    .toBeGreaterThan(0)
  frozen.freeze()
  const frozenAt = performance.now()
  const other = await kit.startExecutor()
  await expect
    .poll(
      async () =>
        (await database.sql`select from task where executor_id = ${other.executorId} or state = 'stopped'`)
          .length,
      { timeout: 20_000, interval: 100 },
    )
    .toBeGreaterThan(0)
  const takenAfterMs = performance.now() - frozenAt
  expect(takenAfterMs).toBeLessThan(15_000)
  frozen.thaw()
  await expect
    .poll(async () => (await database.sql`select from task where state <> 'stopped'`).length, {
      timeout: 30_000,
    })
    .toBe(0)
  expect(await findings(database.sql)).toMatchObject({
    ...clean,
    byState: { 'stopped/success': created.length },
  })
  // The thawed process found out, dropped what it held and began anew under another id.
  await expect.poll(async () => (await frozen.counts()).lives, { timeout: 10_000 }).toBe(2)
  const [late] = await database.sql`
    select count(*)::int as count from attempt
    join executor on executor.id = attempt.executor_id
    where executor.id = ${frozen.executorId} and attempt.ended_at > executor.stopped_at
      -- That one of its attempts was lost is written down by another executor.
      and not (attempt.state = 'CRASHED' and attempt.error_summary like 'its executor died %')`
  expect(late?.count).toBe(0)
  expect(kit.engine.counts.found + (await other.counts()).found).toBe(0)
  console.log(`taken over ${(takenAfterMs / 1000).toFixed(1)} s after the freeze`)
})
