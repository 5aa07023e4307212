import { randomBytes } from 'node:crypto'
import type { SignalKind } from '@stint/schema/words'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { chain, testTask, testTemplate } from '../testing/engine.ts'
import { findings } from '../testing/fault/invariants.ts'
import { faultKit } from '../testing/fault/kit.ts'
import { findTasks } from './store/task.ts'

/*
 * Whatever a task is in the middle of, and whoever of its executors is alive, frozen or dead: a cancel ends it within 60 s, and
 * force ends it at once. The engine of the kit only serves: it is the API process that takes the command.
 */

const database = await testDatabase()
const kit = await faultKit(database)
afterEach(() => kit.killAll())
afterAll(() => kit.close())

const template = testTemplate(
  chain(['s0', 's1'], { action: { type: 'append', configuration: { ms: 60_000 } } }),
)
const quick = testTemplate(
  chain(['q0', 'q1', 'q2'], { action: { type: 'append', configuration: { ms: 5 } } }),
)

const create = async (given = {}) => (await kit.engine.createTask(testTask(template, given))).id
const send = (id: string, kind: SignalKind) => kit.engine.command(id, { kind, actor: 'ann' })
const rowOf = async (id: string) => (await findTasks(database.sql, [id]))[0]
const isRunning = async (id: string) =>
  (await database.sql`select from step where task_id = ${id} and state = 'RUNNING'`).length > 0

const reaches = async (id: string, wanted: object, timeout: number) => {
  await expect.poll(() => rowOf(id), { timeout, interval: 50 }).toMatchObject(wanted)
  expect(
    await database.sql`select from step where task_id = ${id} and state in ('RUNNING', 'TODO')`,
  ).toHaveLength(wanted === halted ? 1 : 0)
}
const cancelled = { state: 'stopped', result: 'cancelled', executorId: null }
const halted = { state: 'stopped', result: 'error', reason: 'halted', executorId: null }

describe('with no executor alive', () => {
  it('a queued task is cancelled', async () => {
    const id = await create()
    await send(id, 'cancel')
    await reaches(id, cancelled, 5000)
  })

  it('one whose executor was killed is cancelled as soon as its silence is sure', async () => {
    const executor = await kit.startExecutor()
    const id = await create()
    await expect.poll(() => isRunning(id), { timeout: 20_000 }).toBe(true)
    await executor.kill()
    const startMs = performance.now()
    await send(id, 'cancel')
    await reaches(id, cancelled, 60_000)
    console.log(
      `cancelled ${((performance.now() - startMs) / 1000).toFixed(1)} s after the executor was killed`,
    )
  })

  it.each([
    ['force-cancel', cancelled],
    ['force-unlock', halted],
  ] as const)('%s does not wait for that', async (verb, wanted) => {
    const executor = await kit.startExecutor()
    const id = await create()
    await expect.poll(() => isRunning(id), { timeout: 20_000 }).toBe(true)
    await executor.kill()
    await send(id, verb)
    await reaches(id, wanted, 3000)
  })
})

describe('while its executor is frozen', () => {
  it.each([
    ['force-cancel', cancelled],
    ['force-unlock', halted],
  ] as const)(
    '%s fences it off; when it thaws it writes nothing and stops what it ran',
    async (verb, wanted) => {
      const executor = await kit.startExecutor()
      const id = await create()
      await expect.poll(() => isRunning(id), { timeout: 20_000 }).toBe(true)
      executor.freeze()
      await send(id, verb)
      await reaches(id, wanted, 3000)
      const before = await rowOf(id)
      executor.thaw()
      await expect.poll(async () => (await executor.counts()).runs, { timeout: 15_000 }).toBe(0)
      expect(await rowOf(id)).toEqual(before)
      expect(kit.effects().filter((effect) => effect.taskId === id)).toEqual([])
    },
  )
})

const points = [
  'claim.before',
  'claim.after',
  'run.running-durable',
  'flush.locked',
  'flush.written',
  'flush.committed',
] as const

it('cancels are not lost when executors die in the middle of claims, starts and flushes', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, () => create()))
  const others = await Promise.all(Array.from({ length: 12 }, () => kit.engine.createTask(testTask(quick))))
  const dying = await Promise.all(points.map((point) => kit.startExecutor({ dieAt: { point, nth: 2 } })))
  const cancels = ids.map(async (id, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * 100))
    await send(id, 'cancel')
  })
  await Promise.all(cancels)
  for (const executor of dying) await executor.kill()
  for (const id of ids) await reaches(id, cancelled, 60_000)
  const helper = await kit.startExecutor()
  for (const { id } of others) {
    await expect.poll(() => rowOf(id), { timeout: 40_000 }).toMatchObject({ state: 'stopped' })
  }
  await helper.stop()
})

it('cancels at random moments of 300 tasks end every one of them, once', async () => {
  const executors = [await kit.startExecutor(), await kit.startExecutor()]
  const verbs: SignalKind[] = ['cancel', 'cancel', 'force-cancel', 'pause', 'force-unlock']
  const ids: string[] = []
  const commands: Promise<unknown>[] = []
  for (let n = 0; n < 300; n++) {
    const { id } = await kit.engine.createTask(testTask(quick))
    ids.push(id)
    const verb = verbs[(randomBytes(1)[0] as number) % verbs.length] as SignalKind
    const later = new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
    // A task that was quicker says so.
    commands.push(
      later.then(() => send(id, verb)).catch((error) => expect(error.code).toBe('not-allowed-now')),
    )
  }
  await Promise.all(commands)
  const open = () =>
    database.sql`select from task where id = any(${ids}::uuid[]) and state not in ('stopped', 'paused')`
  await expect.poll(async () => (await open()).length, { timeout: 60_000 }).toBe(0)
  const { finishedTwice, gaps, leftovers } = await findings(database.sql)
  expect({ finishedTwice, gaps, leftovers }).toEqual({ finishedTwice: 0, gaps: 0, leftovers: 0 })
  for (const executor of executors) await executor.stop()
})
