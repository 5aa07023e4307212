import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { createApiToken } from '../domains/access/api-tokens.ts'
import { systemActor } from '../domains/access/model.ts'
import { createUser } from '../domains/access/users.ts'
import { testDatabase } from '../testing/database.ts'
import { testEngine } from '../testing/engine.ts'
import { restServer } from '../testing/rest.ts'
import { createMetrics } from './metrics.ts'

const database = await testDatabase()
const { app, sql } = database
const { engine, stop } = await testEngine(database, { capacity: 0 })
afterAll(stop)
const server = await restServer({ app, reports: engine, metrics: createMetrics(engine) })

const user = await createUser(app, systemActor, { name: 'ci', roles: ['admin'] })
const ci = { ...systemActor, userId: user.id, name: 'ci' }
const tokenFor = async (permission: 'task.report' | 'task.create') =>
  (await createApiToken(app, ci, { name: 't', permissions: [permission], expiresInDays: 1 })).secret
const token = await tokenFor('task.report')
const other = await tokenFor('task.create')

interface Opened {
  readonly taskId: string
  readonly reportToken: string
  readonly url: string
}

async function open(body: Record<string, unknown> = { label: 'build' }): Promise<Opened> {
  const answer = await server.ask('/api/reports', { body, token })
  expect(answer.status).toBe(201)
  return answer.json as unknown as Opened
}

const tell = ({ taskId, reportToken }: Opened, body: unknown) =>
  server.ask(`/api/reports/${taskId}`, { body, token: reportToken })

async function taskOf({ taskId }: Opened) {
  const [task] = await sql`
    select kind, label, title, state, result, progress, owner_id, owner_name, tags, error_summary from task where id = ${taskId}
  `
  return task
}

async function stepsOf({ taskId }: Opened) {
  return sql`select name, state from step where task_id = ${taskId} order by no`
}

describe('opening', () => {
  test('makes a running task of the person behind the token, and tells its page', async () => {
    const opened = await open({ label: 'build', title: 'Build 7', tags: { branch: 'main' }, timeoutHours: 2 })
    expect(opened.url).toBe(`${server.origin}/tasks/${opened.taskId}`)
    expect(await taskOf(opened)).toMatchObject({
      kind: 'reported',
      label: 'build',
      title: 'Build 7',
      state: 'running',
      ownerId: user.id,
      ownerName: 'ci',
      tags: { branch: 'main' },
    })
    const [report] = await sql`select timeout_seconds from report where task_id = ${opened.taskId}`
    expect(report?.timeoutSeconds).toBe(7200)
  })

  test('has the title of its label and the patience of the setting when nothing is said', async () => {
    const opened = await open({ label: 'build' })
    expect(await taskOf(opened)).toMatchObject({ title: 'build' })
    const [report] = await sql`select timeout_seconds from report where task_id = ${opened.taskId}`
    expect(report?.timeoutSeconds).toBe(24 * 3600)
  })

  test('needs task.report', async () => {
    const refused = await server.ask('/api/reports', { body: { label: 'build' }, token: other })
    expect(refused.json).toMatchObject({ code: 'forbidden', details: { permission: 'task.report' } })
    expect((await server.ask('/api/reports', { body: { label: 'build' } })).json.code).toBe('unauthenticated')
  })

  test.each([
    [{}],
    [{ label: '' }],
    [{ label: 'x'.repeat(1001) }],
    [{ label: 'a\0b' }],
    [{ label: '\ud800' }],
    [{ label: 'x', tags: { a: 'b\0' } }],
    [{ label: 'x', timeoutHours: 0 }],
    [{ label: 'x', surprise: true }],
  ])('%j is refused and opens nothing', async (body) => {
    const count = async () => (await sql`select count(*)::int as tasks from task`)[0]?.tasks
    const before = await count()
    expect((await server.ask('/api/reports', { body, token })).json.code).toBe('invalid-request')
    expect(await count()).toBe(before)
  })
})

describe('reporting', () => {
  test('from the first step to the end', async () => {
    const opened = await open({ label: 'deploy' })
    const first = {
      seq: 1,
      title: 'Deploy 7',
      progress: 0.5,
      steps: [
        { name: 'compile', state: 'DONE', output: { warnings: 0 } },
        { name: 'link', state: 'RUNNING' },
      ],
      log: [{ step: 'compile', text: 'ok\n', stream: 'stdout' }, { text: 'note\0\n' }],
      events: [{ name: 'deployed', data: { to: 'stage' } }],
    }
    expect((await tell(opened, first)).json).toEqual({ accepted: true })
    expect(await taskOf(opened)).toMatchObject({ title: 'Deploy 7', state: 'running', progress: 0.5 })
    expect(await stepsOf(opened)).toMatchObject([
      { name: 'compile', state: 'DONE' },
      { name: 'link', state: 'RUNNING' },
    ])
    const last = { seq: 2, steps: [{ name: 'link', state: 'DONE' }], state: 'stopped', result: 'success' }
    expect((await tell(opened, last)).status).toBe(200)
    expect(await taskOf(opened)).toMatchObject({ state: 'stopped', result: 'success', progress: 1 })
  })

  test('the same number again changes nothing, and says so', async () => {
    const opened = await open()
    await tell(opened, { seq: 5, title: 'First' })
    const again = await tell(opened, { seq: 5, title: 'Second' })
    expect(again).toMatchObject({ status: 200, json: { accepted: false } })
    expect(await taskOf(opened)).toMatchObject({ title: 'First' })
  })

  test('of many who tell the same number at once one is heard; of different numbers all that were not overtaken', async () => {
    const opened = await open()
    const same = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        tell(opened, { seq: 1, steps: [{ name: `same-${n}`, state: 'DONE' }] }),
      ),
    )
    expect(same.filter((answer) => answer.json.accepted)).toHaveLength(1)
    const different = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        tell(opened, { seq: n + 2, steps: [{ name: `step-${n}`, state: 'DONE' }] }),
      ),
    )
    expect(different.every((answer) => answer.status === 200)).toBe(true)
    const heard = different.filter((answer) => answer.json.accepted).length
    expect(heard).toBeGreaterThan(0)
    expect(await stepsOf(opened)).toHaveLength(1 + heard)
  })

  test('nothing can be told to a task that is over', async () => {
    const opened = await open()
    await tell(opened, { seq: 1, state: 'stopped', result: 'error', error: 'The disk is full.' })
    expect(await taskOf(opened)).toMatchObject({ result: 'error', errorSummary: 'The disk is full.' })
    const late = await tell(opened, { seq: 2, title: 'Too late' })
    expect(late).toMatchObject({ status: 409, json: { code: 'not-allowed-now' } })
  })

  let opened: Opened
  beforeAll(async () => {
    opened = await open()
  })

  test.each([
    [{}],
    [{ seq: 0 }],
    [{ seq: 1.5 }],
    [{ seq: 3_000_000 }],
    [{ seq: 1, progress: 2 }],
    [{ seq: 1, state: 'paused' }],
    [{ seq: 1, state: 'stopped' }],
    [{ seq: 1, result: 'success' }],
    [{ seq: 1, state: 'stopped', result: 'pending' }],
    [{ seq: 1, steps: [{ name: 'x', state: 'MAYBE' }] }],
    [{ seq: 1, log: [{ text: 'x'.repeat(65_537) }] }],
    [{ seq: 1, log: Array(1001).fill({ text: 'x' }) }],
    [{ seq: 1, events: [{ name: 'x', data: { a: [{ b: '\0' }] } }] }],
    [{ seq: 1, events: [{ name: 'x', data: { '\ud800': 1 } }] }],
  ])('%.80j is refused and changes nothing', async (body) => {
    const before = await taskOf(opened)
    expect((await tell(opened, body)).json.code).toBe('invalid-request')
    expect(await taskOf(opened)).toEqual(before)
    const [row] = await sql`select last_client_seq as seq from report where task_id = ${opened.taskId}`
    expect(row?.seq).toBe(0)
  })

  test('data nested a hundred thousand deep is refused, not crashed on', async () => {
    const deep = `{"seq":1,"events":[{"name":"x","data":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}]}`
    const headers = { 'content-type': 'application/json' }
    const answer = await server.ask(`/api/reports/${opened.taskId}`, {
      body: deep,
      token: opened.reportToken,
      headers,
    })
    expect(answer.json.code).toBe('invalid-request')
  })

  test('only the token of the task opens it, and a task that is not there answers the same', async () => {
    const strange = await open()
    const answers = [
      await server.ask(`/api/reports/${opened.taskId}`, { body: { seq: 1 } }),
      await server.ask(`/api/reports/${opened.taskId}`, { body: { seq: 1 }, token }),
      await tell({ ...opened, reportToken: strange.reportToken }, { seq: 1 }),
      await tell({ ...opened, taskId: newId() }, { seq: 1 }),
      await tell({ ...opened, taskId: 'nonsense' }, { seq: 1 }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(401)
      expect(answer.json.code).toBe('report-token-wrong')
    }
  })
})

test('the figures of the engine stand among the metrics, read anew each time', async () => {
  const { secret } = await createApiToken(app, ci, {
    name: 'm',
    permissions: ['metrics.view'],
    expiresInDays: 1,
  })
  for (let scrape = 0; scrape < 2; scrape++) {
    const { text } = await server.ask('/metrics', { token: secret })
    expect(text).toMatch(/^stint_executor_lives_total 1$/m)
    expect(text).toMatch(/^stint_safety_net_found_total 0$/m)
    expect(text).toMatch(/^stint_tasks_held 0$/m)
    expect(text).toMatch(/^stint_flushes_total [1-9]\d*$/m)
  }
})
