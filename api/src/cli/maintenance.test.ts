import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { setMaintenance } from '../domains/maintenance/set.ts'
import { MaintenanceWatch } from '../domains/maintenance/watch.ts'
import { changeSetting } from '../domains/settings/change.ts'
import { callbackAction } from '../engine/actions/callback.ts'
import { globalId } from '../graphql/ids.ts'
import { schema } from '../graphql/schema.ts'
import { Listener } from '../postgres/listen.ts'
import { crawlOperations, documentOf } from '../testing/crawl.ts'
import { testDatabase } from '../testing/database.ts'
import { chain, testEngine, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { graphqlTestServer, signedInPerson, tokenOf } from '../testing/graphql.ts'
import { restServer } from '../testing/rest.ts'
import { ToyActions } from '../testing/toy-actions.ts'
import { after, holds, toyRegistry } from '../testing/toy-engine.ts'

/*
 * Two processes on one database: one runs the tasks, the other is asked. What must hold: from the moment both know, no row of
 * the product changes, whatever is asked and whatever falls due; and when it is over, everything goes on by itself.
 */

const database = await testDatabase()
const { app, sql, target } = database
const toys = new ToyActions()
const listeners = [1, 2].map(() => new Listener({ target, log: app.log }))
const watches = listeners.map((listener) => new MaintenanceWatch(app, listener))
for (const service of [...listeners, ...watches]) await service.start()
const registry = toyRegistry(toys)
registry.add(callbackAction(systemClock))
const worker = await testEngine(database, { registry, hold: watches[0] as MaintenanceWatch })
const asked = await testEngine(database, {
  registry,
  hold: watches[1] as MaintenanceWatch,
  role: 'serve',
  capacity: 0,
})
const server = await graphqlTestServer(database, { engine: asked.engine })
const admin = await signedInPerson(app, 'root', ['admin'])
const operator = await signedInPerson(app, 'olga', ['operator'])
const token = await tokenOf(app, admin.actor)

afterAll(async () => {
  await worker.stop()
  await asked.stop()
  for (const service of [...watches, ...listeners]) await service.stop()
})

/** These tell of processes and visits, not of the product: heartbeats, when a session or token was last used. */
const ofProcesses = ['executor', 'session', 'api_token', 'user_account', 'sign_in_attempt', 'sign_in_code']

async function rows(): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables
    where schemaname = 'public' and tablename <> all(${ofProcesses}::text[]) order by 1`
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await sql.unsafe(
      `select coalesce(string_agg(t::text, '|' order by t::text), '') as text from "${name}" t`,
    )
    found[name] = String(row?.text)
  }
  return found
}

const everybodyKnows = (isOn: boolean) =>
  expect.poll(() => watches.every((watch) => watch.isOn === isOn), { timeout: 5000, interval: 10 }).toBe(true)

const stateOf = async (id: string) => {
  const [row] = await sql`select state, coalesce(reason, result) as why from task where id = ${id}`
  return `${row?.state}/${row?.why}`
}

const ids: Record<string, string> = {}
let report = { taskId: '', reportToken: '' }

beforeAll(async () => {
  const create = async (task: Parameters<typeof worker.engine.createTask>[0]) =>
    (await worker.engine.createTask(task)).id
  ids.running = await create(testTask(testTemplate(chain(['one', 'two'], { action: holds }))))
  ids.soon = await create(testTask(testTemplate([testStep('x')]), { startAt: new Date(Date.now() + 5000) }))
  const waits = testStep('w', { action: { type: 'wait', configuration: { for: '5s' } } })
  ids.waiting = await create(testTask(testTemplate([waits])))
  ids.approval = await create(testTask(testTemplate([testStep('x')]), { isApproved: false }))
  report = await worker.engine.openReport({
    label: 'r',
    title: 'r',
    owner: { name: 'x' },
    timeoutSeconds: 5,
  })
})

test('only who may begins it', async () => {
  await expect(setMaintenance(app, operator.actor, { on: true })).rejects.toMatchObject({ code: 'forbidden' })
})

test('nothing is written while it lasts, and everything goes on afterwards', async () => {
  await expect.poll(() => stateOf(ids.waiting as string)).toBe('running/waiting-until')
  const held = await toys.running('one')
  const pulses = server.events(
    'subscription { server { maintenance { on message } } }',
    {},
    { session: operator.session },
  )
  expect((await pulses.next()).value.data.server.maintenance.on).toBe(false)
  const endsAt = new Date(Date.now() + 90_000)
  await setMaintenance(app, admin.actor, { on: true, message: 'moving house', endsAt })
  const toldMs = performance.now()
  expect((await pulses.next()).value.data.server.maintenance).toEqual({ on: true, message: 'moving house' })
  await pulses.return(undefined)
  await everybodyKnows(true)
  expect(performance.now() - toldMs).toBeLessThan(5000)

  // A step that runs is finished; the next one does not start, and the task is nobody's.
  held.finish({ done: true })
  await expect.poll(() => stateOf(ids.running as string)).toBe('pending/queued')
  await expect.poll(async () => (await sql`select from task where executor_id is not null`).length).toBe(0)
  const before = await rows()

  // Every mutation that there is, by somebody who may everything.
  const id = globalId('Task', ids.approval as string)
  const open: string[] = []
  for (const operation of crawlOperations(schema, id).filter(({ kind }) => kind === 'mutation')) {
    const field = schema.getMutationType()?.getFields()[operation.name.split('.')[1] as string]
    if (field?.extensions.duringMaintenance === true) {
      open.push(operation.name)
      continue
    }
    const asked = { ...operation, parts: [operation.bare] }
    const answer = await server.ask(documentOf(asked), {}, { token })
    expect([operation.name, answer.errors[0]?.extensions.code]).toEqual([operation.name, 'maintenance'])
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(10)
    expect(answer.errors[0]?.message).toContain('moving house')
  }
  expect(open.sort()).toEqual([
    'Mutation.createApiToken',
    'Mutation.revokeApiToken',
    'Mutation.rotateKeys',
    'Mutation.setMaintenance',
  ])
  const posts: [string, object, string][] = [
    ['/api/tasks', { template: 'x' }, token],
    ['/api/reports', { label: 'x' }, token],
    [`/api/reports/${report.taskId}`, { seq: 1, progress: 0.5 }, report.reportToken],
  ]
  for (const [path, body, with_] of posts) {
    const answer = await server.send(JSON.stringify(body), { path, token: with_ })
    expect([path, answer.status, JSON.parse(answer.text).code]).toEqual([path, 503, 'maintenance'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(10)
  }

  // What falls due meanwhile stays where it is.
  const overdue = async () =>
    (await sql`select from timer where due_at < clock_timestamp() - interval '500 ms'`).length
  await expect.poll(overdue, { timeout: 30_000, interval: 50 }).toBe(3)
  expect(await worker.engine.executor.hint([ids.running as string])).toEqual([ids.running])
  expect(await rows()).toEqual(before)

  // Reading, signing in and out, and a start of a process go on.
  const { data } = await server.ask(
    '{ me { name } tasks(first: 5) { edges { node { id } } } }',
    {},
    { token },
  )
  expect(data).toMatchObject({ me: { name: 'root' } })
  await signedInAgain()
  const late = await testEngine(database, { registry, hold: watches[0] as MaintenanceWatch })
  const { audit: signIns, ...rest } = await rows()
  expect(before).toMatchObject(rest)
  expect(signIns).toContain(before.audit)
  await late.stop()

  await setMaintenance(app, admin.actor, { on: false })
  await everybodyKnows(false)
  ;(await toys.running('two')).finish()
  for (const name of ['running', 'soon', 'waiting'])
    await expect.poll(() => stateOf(ids[name] as string), { timeout: 10_000 }).toBe('stopped/success')
  expect(await stateOf(ids.approval as string)).toBe('pending/approval')
  // The reporter had no chance to speak: it gets the time that it had left, then counts as lost like any other.
  expect(await asked.engine.appendReport(report.taskId, report.reportToken, { seq: 1, progress: 0.5 })).toBe(
    true,
  )
  expect(worker.engine.counts.found + asked.engine.counts.found).toBe(0)
  const audit = await sql`select action from audit where subject_type = 'maintenance' order by id`
  expect(audit.map((row) => row.action)).toEqual(['maintenance.begin', 'maintenance.end'])
})

async function signedInAgain(): Promise<void> {
  const body = JSON.stringify({ name: 'root', password: 'a rather long password' })
  const answer = await server.send(body, { path: '/api/sign-in' })
  expect(answer.status).toBe(200)
  const [cookie = ''] = answer.headers.getSetCookie()
  const session = /stint_session=([^;]+)/.exec(cookie)?.[1] as string
  expect((await server.send('', { path: '/api/sign-out', session })).status).toBe(200)
}

test('a process that starts meanwhile knows it at once', async () => {
  await setMaintenance(app, admin.actor, { on: true })
  const watch = new MaintenanceWatch(app, listeners[0] as Listener)
  await watch.start()
  expect(watch.isOn).toBe(true)
  await watch.stop()
  const since = (await server.ask('{ maintenance { on since by message } }', {}, { token })).data.maintenance
  await setMaintenance(app, operatorWhoMay(), { on: true, message: 'longer' })
  const later = (await server.ask('{ maintenance { on since by message } }', {}, { token })).data.maintenance
  expect(later).toEqual(Object.assign({}, since, { message: 'longer' }))
  await setMaintenance(app, admin.actor, { on: false })
})

test('a callback is refused, or kept until it is over where the setting says so', async () => {
  const make = testStep('make', { action: { type: 'callback', configuration: { action: 'create' } } })
  const wait = { type: 'callback', configuration: { action: 'wait', id: '{{.step.make.output.id}}' } }
  const template = testTemplate([make, testStep('call', { action: wait, dependencies: after('make') })])
  const { id } = await worker.engine.createTask(testTask(template))
  await expect.poll(() => stateOf(id)).toBe('running/waiting-callback')
  const [attempt] = await worker.engine.reader.lastAttempts({ id, templateId: null }, [0])
  const { url } = (attempt?.output ?? {}) as { url: string }
  const rest = await restServer({ app, callbacks: asked.engine.outside.questions })
  const path = url.replace(/^https?:\/\/[^/]*/, '')
  const call = async () => (await rest.ask(path, { method: 'POST', body: { ok: true } })).status

  await setMaintenance(app, admin.actor, { on: true })
  await everybodyKnows(true)
  expect(await call()).toBe(503)
  await setMaintenance(app, admin.actor, { on: false })
  await everybodyKnows(false)
  await changeSetting(app, admin.actor, 'maintenance_callbacks', 'keep')
  await setMaintenance(app, admin.actor, { on: true })
  await everybodyKnows(true)
  expect(await call()).toBe(200)
  // Once only, as ever.
  expect(await call()).toBe(409)
  expect(await worker.engine.executor.hint([id])).toEqual([id])
  expect((await stateOf(id)).split('/')[0]).not.toBe('stopped')
  await setMaintenance(app, admin.actor, { on: false })
  await expect.poll(() => stateOf(id), { timeout: 10_000 }).toBe('stopped/success')
  expect(worker.engine.counts.found + asked.engine.counts.found).toBe(0)
})

function operatorWhoMay() {
  return {
    ...operator.actor,
    permissions: new Set([...operator.actor.permissions, 'maintenance.manage' as const]),
  }
}

test.each([
  [{ on: true, endsAt: new Date(0) }],
  [{ on: true, message: 'x'.repeat(2000) }],
  [{ on: false, message: 'nothing to say' }],
])('refuses what makes no sense: %j', async (order) => {
  await expect(setMaintenance(app, admin.actor, order)).rejects.toMatchObject({ code: 'invalid-request' })
})
