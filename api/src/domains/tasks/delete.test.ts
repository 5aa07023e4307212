import { afterAll, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../../testing/engine.ts'
import { clientError, toyEngine } from '../../testing/toy-engine.ts'
import { actorOf } from '../../testing/world.ts'
import { systemActor } from '../access/model.ts'
import { changeSetting } from '../settings/change.ts'
import { countDeletable, deleteTasks } from './delete.ts'

const { database, engine, stop, ended, taskOf } = await toyEngine()
const { app, sql } = database
afterAll(stop)

const ann = actorOf('ann', ['admin'])
const quick = testTemplate([testStep('a')])
const all = { filter: {}, reason: 'audit of the year is over' }

it('an administrator deletes what is over, whatever its time, with a reason on the audit record', async () => {
  await changeSetting(app, systemActor, 'keep_tasks_for', 'forever')
  const [old, young] = [await ended(testTask(quick)), await ended(testTask(quick))]
  const paused = await ended(testTask(testTemplate([testStep('a', { action: clientError })])))
  const waiting = await engine.createTask(testTask(quick, { isApproved: false }))
  await sql`update task set ended_at = ended_at - interval '2 days' where id = ${old}`
  const endedBefore = new Date(Date.now() - 86_400_000)
  expect(await countDeletable(app, ann, { filter: {}, endedBefore })).toEqual({ count: 1, isCapped: false })
  expect(await countDeletable(app, ann, { filter: { labels: ['another'] } })).toMatchObject({ count: 0 })
  expect(await deleteTasks(app, ann, { ...all, endedBefore })).toEqual({ deleted: 1, next: null })
  expect([await taskOf(old), (await taskOf(young))?.state]).toEqual([undefined, 'stopped'])
  expect(await deleteTasks(app, ann, all)).toEqual({ deleted: 1, next: null })
  expect(await Promise.all([paused, waiting.id].map(taskOf))).toMatchObject([
    { id: paused },
    { id: waiting.id },
  ])
  const audit =
    await sql`select actor_name, reason, details from audit where action = 'task.delete' order by id`
  expect(audit).toMatchObject([
    { actorName: 'ann', reason: all.reason, details: { tasks: 1, deliveries: 0, labels: { test: 1 } } },
    { actorName: 'ann' },
  ])
})

it('what another task has yet to hear of stays', async () => {
  const first = await ended(testTask(quick))
  await engine.createTask(testTask(quick, { dependsOn: [first], startAt: new Date(Date.now() + 3_600_000) }))
  expect(await deleteTasks(app, ann, all)).toEqual({ deleted: 0, next: null })
  expect(await taskOf(first)).toBeDefined()
})

it('nobody else deletes tasks, and nobody without a reason', async () => {
  const bob = actorOf('bob', ['operator'])
  await expect(countDeletable(app, bob, { filter: {} })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(deleteTasks(app, bob, all)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(deleteTasks(app, undefined, all)).rejects.toThrow()
  await expect(deleteTasks(app, ann, { ...all, reason: ' ' })).rejects.toMatchObject({
    code: 'invalid-input',
  })
  await expect(deleteTasks(app, ann, { ...all, after: 'x' })).rejects.toMatchObject({ code: 'invalid-input' })
})
