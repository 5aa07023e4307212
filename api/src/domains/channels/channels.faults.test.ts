import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '../../testing/database.ts'
import { testStep, testTask, testTemplate } from '../../testing/engine.ts'
import { type ExecutorProcess, faultKit } from '../../testing/fault/kit.ts'
import { serveHttp } from '../../testing/http.ts'
import { systemActor } from '../access/model.ts'
import { saveChannel } from './save.ts'

const database = await testDatabase()
const { app, sql } = database
const kit = await faultKit(database)
afterAll(() => kit.close())

const waves = 3
const taskCount = 120
const work = testStep('work', { action: { type: 'append', configuration: { ms: 20 } } })
const works = testTemplate([work], { name: 'works' })
const refuses = { type: 'echo', configuration: { error_message: 'no', error_type: 'client' } }
const after = (step: string, state: string) => ({ dependencies: [{ step, states: [state] }] })
const stumbles = testTemplate(
  [
    work,
    testStep('stumble', { action: refuses, ...after('work', 'DONE') }),
    // What ends it is an executor that tells: the one here, which hears what people say, does not.
    { ...work, name: 'last', ...after('stumble', 'SKIPPED') },
  ],
  { name: 'stumbles' },
)
const stumbleEvery = 3

/** A person lets go on what has failed, and what lost three executors in a row, as some do on a slow machine. */
async function review(): Promise<void> {
  const failed = await sql<{ id: string }[]>`
    select id from task where state = 'paused' and reason = 'step-failed' and about_task_id is null limit 100`
  const skip = { kind: 'skip-step', actor: 'tester', stepNo: 1 } as const
  await Promise.all(failed.map(({ id }) => kit.engine.command(id, skip)))
  const rows = await sql<{ taskId: string; no: number }[]>`
    select step.task_id, step.no from step join task on task.id = step.task_id
    where task.state = 'paused' and task.reason = 'needs-review' and step.state = 'CRASHED' limit 100`
  const answer = { kind: 'review-step', actor: 'tester', payload: { decision: 'run-again' } } as const
  await Promise.all(rows.map(({ taskId, no }) => kit.engine.command(taskId, { ...answer, stepNo: no })))
}

it('every task that ended or paused under random kills is told once, and each telling arrives', async () => {
  const arrived = new Map<string, Set<string>>()
  const server = await serveHttp(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { task_id: taskId, task_state: state } = JSON.parse(body) as Record<string, string>
    const ids = arrived.get(`${taskId} ${state}`) ?? new Set()
    arrived.set(`${taskId} ${state}`, ids.add(String(request.headers['webhook-id'])))
    response.end()
  })
  await saveChannel(app, kit.keys, systemActor, {
    name: 'ops',
    kind: 'webhook',
    strategy: 'failure_or_done',
    configuration: { url: server.url },
  })
  const running: ExecutorProcess[] = [await kit.startExecutor(), await kit.startExecutor()]
  const taskIds: string[] = []
  for (let wave = 0; wave < waves; wave++) {
    const tasks = Array.from({ length: taskCount / waves }, (_, n) =>
      kit.engine.createTask(testTask(n % stumbleEvery === 0 ? stumbles : works)),
    )
    taskIds.push(...(await Promise.all(tasks)).map(({ id }) => id))
    await pause(50 + Math.random() * 150)
    await running.shift()?.kill()
    running.push(await kit.startExecutor())
  }
  const open = async () => {
    await review()
    const [row] = await sql`select count(*)::int as count from task where state <> 'stopped'`
    return row?.count
  }
  await expect.poll(open, { timeout: 90_000, interval: 300 }).toBe(0)
  // That it stopped, and each time that it was paused.
  const told = await sql<{ id: string; told: number; happened: number; pauses: number }[]>`
    select task.id,
      (select count(*) from task delivery where delivery.about_task_id = task.id and delivery.result = 'success')::int as told,
      (select count(*) from event where task_id = task.id and kind = 'task' and name in ('stopped', 'paused'))::int as happened,
      (select count(*) from event where task_id = task.id and kind = 'task' and name = 'paused')::int as pauses
    from task where about_task_id is null`
  expect(told.map(({ id }) => id).sort()).toEqual(taskIds.sort())
  expect(told.filter((row) => row.told !== row.happened)).toEqual([])
  const paused = told.filter(({ pauses }) => pauses > 0)
  expect(paused.length).toBeGreaterThanOrEqual(Math.floor(taskCount / stumbleEvery))
  for (const { id, pauses } of paused) expect(arrived.get(`${id} paused`)?.size).toBe(pauses)
  // Whoever was told twice was told under the same id.
  const stops = [...arrived].filter(([key]) => key.endsWith(' stopped'))
  expect(stops.map(([key]) => key).sort()).toEqual(taskIds.map((id) => `${id} stopped`).sort())
  for (const [, ids] of stops) expect(ids.size).toBe(1)
  server.close()
})
