import type { Template } from '@stint/schema/template-types'
import { afterAll, expect, it } from 'vitest'
import { newId } from '../../base/ids.ts'
import { childTasksOf } from '../../testing/children.ts'
import { testStep, testTask, testTemplate } from '../../testing/engine.ts'
import { clientError, toyEngine } from '../../testing/toy-engine.ts'
import { actorOf } from '../../testing/world.ts'
import { systemActor } from '../access/model.ts'
import { changeSetting } from '../settings/change.ts'
import { countDeletable, deleteTasks } from './delete.ts'
import { planDeletion } from './kept-tasks.ts'

const templates: Record<string, Template> = {}
const { database, engine, stop, ended, taskOf } = await toyEngine({
  childTasks: childTasksOf(templates),
})
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
  expect(await deleteTasks(app, ann, { ...all, endedBefore })).toEqual({ deleted: 1, next: null, kept: [] })
  expect([await taskOf(old), (await taskOf(young))?.state]).toEqual([undefined, 'stopped'])
  expect(await deleteTasks(app, ann, all)).toEqual({ deleted: 1, next: null, kept: [] })
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
  expect(await deleteTasks(app, ann, all)).toEqual({ deleted: 0, next: null, kept: [] })
  expect(await taskOf(first)).toBeDefined()
})

it('of tasks that are named it is told beforehand what goes, and of each that stays why', async () => {
  await deleteTasks(app, ann, all)
  templates.child = testTemplate([testStep('a')], { name: 'child' })
  const parent = testTemplate([
    testStep('a', { action: { type: 'subtask', configuration: { template: 'child' } } }),
  ])
  const [family, lone, awaited] = [
    await ended(testTask(parent)),
    await ended(testTask(quick)),
    await ended(testTask(quick)),
  ]
  const [child] = await sql<{ id: string }[]>`select id from task where parent_id = ${family}`
  await engine.createTask(
    testTask(quick, { dependsOn: [awaited], startAt: new Date(Date.now() + 3_600_000) }),
  )
  const waiting = await engine.createTask(testTask(quick, { isApproved: false }))
  const nobodys = newId()
  const ids = [family, lone, awaited, waiting.id, String(child?.id), nobodys]
  const kept = [
    { id: awaited, message: 'Another task depends on it and has not begun.' },
    { id: waiting.id, message: 'Only a task that is over can be deleted.' },
    { id: child?.id, message: 'It is deleted with the task that started it.' },
    { id: nobodys, message: 'There is no such task, or you may not see it.' },
  ]
  const plan = await planDeletion(app, ann, ids)
  expect(plan).toMatchObject({ tasks: 2, children: 1, attempts: 4 })
  expect(plan.kept).toHaveLength(4)
  expect(plan.kept).toEqual(expect.arrayContaining(kept))
  const gone = await deleteTasks(app, ann, { ...all, ids })
  expect(gone).toMatchObject({ deleted: 3, next: null })
  expect(gone.kept).toEqual(expect.arrayContaining(kept))
  expect(await Promise.all([family, lone, awaited].map(taskOf))).toMatchObject([
    undefined,
    undefined,
    { id: awaited },
  ])
  await expect(planDeletion(app, ann, Array(1001).fill(lone))).rejects.toMatchObject({
    code: 'invalid-input',
  })
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
