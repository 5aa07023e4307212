import type { Template } from '@stint/schema/template-types'
import { afterAll, describe, expect, it } from 'vitest'
import { childTasksOf } from '../testing/children.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { loseExecutor } from '../testing/lose-executor.ts'
import { holds, toyEngine } from '../testing/toy-engine.ts'

const templates: Record<string, Template> = {}
const { database, toys, engine, stop, taskOf } = await toyEngine({ childTasks: childTasksOf(templates) })
const { sql } = database
afterAll(stop)

const send = (id: string, kind: 'pause' | 'resume' | 'start-over' | 'cancel', payload?: unknown) =>
  engine.command(id, { kind, actor: 'ann', ...(payload !== undefined && { payload }) })

const childrenOf = (id: string) =>
  sql<{ id: string; state: string; result: string }[]>`
    select id, state, result from task where parent_id = ${id} order by id`

const reasonOf = async (id: string) => {
  const task = await taskOf(id)
  return `${task?.state}/${task?.reason}`
}

const childOf = (name: string, action: Parameters<typeof testStep>[1]) =>
  testTemplate([testStep(`${name}-a`, action)], { name: `${name}-child` })

const stubborn = { action: { type: 'stubborn', configuration: {} } }
const held = { action: holds }

/** A paused parent whose child runs this; the next child runs what the test ends. */
async function paused(name: string, first: typeof held, onParentStop: 'cancel' | 'leave' = 'cancel') {
  templates[`${name}-child`] = childOf(name, first)
  const action = { type: 'subtask', configuration: { template: `${name}-child` } }
  const parent = testTemplate([testStep('child', { action, onParentStop })], { name })
  const { id } = await engine.createTask(testTask(parent))
  const running = () => sql`
    select from step join task on task.id = step.task_id where task.parent_id = ${id} and step.state = 'RUNNING'`
  await expect.poll(running).toHaveLength(1)
  await send(id, 'pause', { alone: true })
  await expect.poll(() => reasonOf(id)).toBe('paused/by-user')
  templates[`${name}-child`] = childOf(name, held)
  return id
}

describe('a parent that is started over', () => {
  it('begins when the children of its old life are over, and with children of its own', async () => {
    const id = await paused('slow', stubborn)
    await send(id, 'start-over')
    // The old child does not let go before it is left behind.
    expect(await childrenOf(id)).toHaveLength(1)
    const again = await toys.running('slow-a')
    const [old, young, ...more] = await childrenOf(id)
    expect([old?.result, young?.state, more]).toEqual(['cancelled', 'running', []])
    again.finish()
    await expect.poll(async () => (await taskOf(id))?.result).toBe('success')
    expect(await childrenOf(id)).toHaveLength(2)
  })

  it('does so when its executor is lost over it, and puts it on the record once', async () => {
    const id = await paused('lost', stubborn)
    await send(id, 'start-over')
    await loseExecutor(engine, database)
    const again = await toys.running('lost-a')
    again.finish()
    await expect.poll(async () => (await taskOf(id))?.result).toBe('success')
    expect((await childrenOf(id)).map((child) => child.result)).toEqual(['cancelled', 'success'])
    expect(
      await sql`select from event where task_id = ${id} and kind = 'command' and name = 'start-over'`,
    ).toHaveLength(1)
  })

  it('does not take up a child that it leaves running', async () => {
    const id = await paused('left', held, 'leave')
    const old = await toys.running('left-a')
    await send(id, 'start-over')
    const again = await toys.running('left-a')
    old.finish()
    await expect.poll(async () => (await childrenOf(id)).map((c) => c.state)).toEqual(['stopped', 'running'])
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-subtask')
    again.finish()
    await expect.poll(async () => (await taskOf(id))?.result).toBe('success')
  })

  it('ends when it is cancelled before they are over', async () => {
    const id = await paused('ends', stubborn)
    await send(id, 'start-over')
    await send(id, 'cancel')
    await expect.poll(() => reasonOf(id), { timeout: 20_000 }).toBe('stopped/cancelled')
    expect((await childrenOf(id)).map((child) => child.result)).toEqual(['cancelled'])
  })
})
