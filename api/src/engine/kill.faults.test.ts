import { afterAll, afterEach, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { chain, testTask, testTemplate } from '../testing/engine.ts'
import { clean, findings } from '../testing/fault/invariants.ts'
import { type ExecutorProcess, faultKit } from '../testing/fault/kit.ts'
import type { TestPoint } from './test-points.ts'

const database = await testDatabase()
const kit = await faultKit(database)
afterEach(() => kit.killAll())
afterAll(() => kit.close())

const names = ['s0', 's1', 's2', 's3', 's4']
const template = testTemplate(chain(names, { action: { type: 'append', configuration: { ms: 60 } } }))

/** Lets interrupted steps of tasks that lost three executors in a row run again: on a slow machine some do. */
async function review(): Promise<void> {
  const rows = await database.sql<{ taskId: string; no: number }[]>`
    select step.task_id, step.no from step join task on task.id = step.task_id
    where task.state = 'paused' and task.reason = 'needs-review' and step.state = 'CRASHED' limit 100`
  const answer = { kind: 'review-step', actor: 'tester', payload: { decision: 'run-again' } } as const
  await Promise.all(rows.map(({ taskId, no }) => kit.engine.command(taskId, { ...answer, stepNo: no })))
}

/** State and reason or result → number of tasks, when nothing more happens by itself. */
async function statesInTheEnd(): Promise<Record<string, number>> {
  await review()
  return (await findings(database.sql)).byState
}

async function createTasks(count: number): Promise<string[]> {
  const created = await Promise.all(
    Array.from({ length: count }, () => kit.engine.createTask(testTask(template))),
  )
  return created.map((each) => each.id)
}

it('random kills over 1,000 tasks: nothing is lost and nothing is finished twice', async () => {
  const ids: string[] = []
  let kills = 0
  const running: ExecutorProcess[] = [await kit.startExecutor(), await kit.startExecutor()]
  for (let wave = 0; wave < 10; wave++) {
    ids.push(...(await createTasks(100)))
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200))
    await running.shift()?.kill()
    running.push(await kit.startExecutor())
    kills++
  }
  for (const executor of running) await executor.stop()
  const last = await kit.startExecutor()
  await expect.poll(statesInTheEnd, { timeout: 60_000, interval: 200 }).toEqual({ 'stopped/success': 1000 })
  expect(await findings(database.sql)).toMatchObject(clean)
  const effects = kit.effects()
  expect(new Set(effects.map((e) => `${e.taskId} ${e.stepNo}`)).size).toBe(5000)
  expect(new Set(effects.map((e) => `${e.taskId} ${e.stepNo} ${e.attemptNo}`)).size).toBe(effects.length)
  // The safety net looks for tasks that nobody has a hint of: there must be none to find.
  expect(kit.engine.counts.found + (await last.counts()).found).toBe(0)
  const [interrupted] = await database.sql`select count(*)::int as count from attempt where state = 'CRASHED'`
  expect(interrupted?.count).toBeGreaterThan(0)
  console.log(`${ids.length} tasks, ${kills} kills, ${interrupted?.count} attempts interrupted`)
  await last.stop()
})

const points: [TestPoint, number][] = [
  ['claim.before', 1],
  ['claim.after', 1],
  ['flush.locked', 3],
  ['flush.written', 3],
  ['flush.committed', 3],
  ['run.running-durable', 7],
  ['run.action-ended', 7],
]

it.each(points)(
  'an executor that dies at %s leaves nothing behind that the next one cannot finish',
  async (point, nth) => {
    const before = (await findings(database.sql)).byState['stopped/success'] ?? 0
    const doomed = await kit.startExecutor({ dieAt: { point, nth } })
    await createTasks(20)
    await doomed.exited
    const next = await kit.startExecutor()
    const all = { 'stopped/success': before + 20 }
    await expect.poll(statesInTheEnd, { timeout: 30_000, interval: 100 }).toEqual(all)
    expect(await findings(database.sql)).toMatchObject(clean)
    await next.stop()
  },
)
