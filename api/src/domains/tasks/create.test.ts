import type { Template } from '@stint/schema/template-types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../base/ids.ts'
import type { Engine } from '../../engine/engine.ts'
import { type TestDatabase, testDatabase } from '../../testing/database.ts'
import { testEngine, testStep, testTemplate } from '../../testing/engine.ts'
import { actorOf } from '../../testing/world.ts'
import type { Actor } from '../access/model.ts'
import { TaskChanges } from './changes.ts'
import { commandTask } from './command.ts'
import { createTask, type StartedTemplate } from './create.ts'
import type { TaskRequest } from './new-task.ts'

const operator = actorOf('oscar', ['operator'])
const resolver = actorOf('rita', ['resolver'], { groups: ['ops'] })
const viewer = actorOf('vera', ['viewer'])

const known = new Map<string, Template>()
function template(given: Partial<Template> = {}, blocked = false): StartedTemplate {
  const id = newId()
  const definition = testTemplate([testStep('only')], given)
  known.set(id, definition)
  return { id, definition, blocked }
}

let database: TestDatabase
let engine: Engine
let changes: TaskChanges
let stop: () => Promise<void>

beforeAll(async () => {
  database = await testDatabase()
  const templateOf = async (id: string) => known.get(id) as Template
  const started = await testEngine(database, { templateOf })
  engine = started.engine
  changes = new TaskChanges(database.app, { listener: started.listener, engine, tickMs: 20 })
  await changes.start()
  stop = started.stop
})
afterAll(async () => {
  await changes.stop()
  await stop()
})

const parts = () => ({ app: database.app, engine, changes })
const create = (actor: Actor, of: StartedTemplate, request: TaskRequest = {}) =>
  createTask(parts(), actor, of, request)

describe('a new task', () => {
  it('runs at once for somebody who could approve it, and is over when he waits', async () => {
    const { task, isNew } = await create(operator, template(), {
      wait: 10,
      tags: { team: 'db' },
      comment: 'go',
    })
    expect(task).toMatchObject({
      state: 'stopped',
      result: 'success',
      ownerName: 'oscar',
      tags: { team: 'db' },
    })
    expect(isNew).toBe(true)
  })

  it('tells its texts the groups of its owner, and keeps them for the executor that comes next', async () => {
    const groups = template({ tags: { groups: '{{.task.requester_groups}}' } })
    const { task } = await create({ ...operator, groups: ['dba', 'ops'] }, groups)
    expect(task.tags).toMatchObject({ groups: 'dba,ops' })
    const [row] = await database.sql`select owner_groups from task where id = ${task.id}`
    expect(row?.ownerGroups).toEqual(['dba', 'ops'])
    const { task: other } = await create({ ...operator, groups: [] }, groups)
    expect(other.tags).toMatchObject({ groups: '<no value>' })
  })

  it.each<[string, Actor, Partial<Template>, boolean]>([
    ['an operator', operator, {}, true],
    ['an operator, but the template never starts by itself', operator, { autoRunnable: false }, false],
    ['somebody the template does not name', resolver, {}, false],
    ['somebody the template names', resolver, { allowedResolverUsernames: ['rita'] }, true],
    ['somebody of a group the template names', resolver, { allowedResolverGroups: ['ops'] }, true],
    ['anybody, when the template lets all', resolver, { allowAllResolverUsernames: true }, true],
  ])('by %s', async (_name, actor, given, runs) => {
    const { task } = await create(actor, template(given), { wait: runs ? 10 : 0 })
    if (runs) expect(task.state).toBe('stopped')
    else expect(task).toMatchObject({ state: 'pending', reason: 'approval' })
  })

  it('cannot be given resolvers by somebody who could only approve it by naming himself', async () => {
    const refused = create(resolver, template(), { resolvers: ['Rita', 'zoe'] })
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' })
    const owned = { allowedResolverUsernames: [resolver.name], autoRunnable: false }
    const { task } = await create(resolver, template(owned), { resolvers: ['Zoe'] })
    expect(task).toMatchObject({ state: 'pending', reason: 'approval', resolvers: [resolver.name, 'zoe'] })
  })

  it('is approved by giving the resolver inputs along, for those who may', async () => {
    const asks = template({
      autoRunnable: false,
      resolverInputs: [{ name: 'zone', type: 'string', collection: false, optional: false, hidden: false }],
    })
    const { task } = await create(operator, asks, { resolverInput: { zone: 'a' }, wait: 10 })
    expect(task).toMatchObject({ state: 'stopped', result: 'success' })
    await expect(create(resolver, asks, { resolverInput: { zone: 'a' } })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(create(operator, asks, { resolverInput: {} })).rejects.toMatchObject({
      code: 'invalid-input',
      fields: [{ name: 'resolverInput.zone' }],
    })
  })

  it('answers whoever waits with the request as soon as somebody has to accept it', async () => {
    const { task } = await create(resolver, template({ allowedResolverUsernames: [] }), { wait: 60 })
    expect(task).toMatchObject({ state: 'pending', reason: 'approval' })
  })

  it('waits for an approval and runs after it', async () => {
    const { task } = await create(resolver, template({ allowedResolverUsernames: [] }))
    const resolved = await commandTask(parts(), operator, task.id, { kind: 'resolve' }, 10)
    expect(resolved).toMatchObject({ state: 'stopped', result: 'success' })
  })

  it('is accepted only with what its template asks of a resolver, defaults filled in', async () => {
    const input = { type: 'string', collection: false, optional: false, hidden: false } as const
    const asks = template({
      autoRunnable: false,
      resolverInputs: [
        { ...input, name: 'zone', legalValues: ['a', 'b'] },
        { ...input, name: 'rack', default: 'r1' },
      ],
      resultFormat: { place: '{{.resolver_input.zone}} {{.resolver_input.rack}}' },
    })
    const { task } = await create(resolver, asks)
    const accept = (resolverInput?: Record<string, unknown>) =>
      commandTask(parts(), operator, task.id, { kind: 'resolve', resolverInput }, 10)
    for (const wrong of [undefined, {}, { zone: 'c' }]) {
      await expect(accept(wrong)).rejects.toMatchObject({ code: 'invalid-input', fields: [{ name: 'zone' }] })
    }
    expect(await accept({ zone: 'b' })).toMatchObject({ state: 'stopped', result: 'success' })
    const values = await parts().engine.reader.values(task)
    expect(values?.outcome).toEqual({ place: 'b r1' })
  })

  it('with the same key is the one that is there', async () => {
    const of = template()
    const first = await create(operator, of, { idempotencyKey: 'once' })
    const second = await create(operator, of, { idempotencyKey: 'once' })
    expect(second).toMatchObject({ isNew: false, task: { id: first.task.id } })
    const other = template({ name: 'other' })
    await expect(create(operator, other, { idempotencyKey: 'once' })).rejects.toMatchObject({
      code: 'idempotency-mismatch',
    })
  })
})

describe('what does not fit leaves nothing behind', () => {
  const asks = () =>
    template({
      inputs: [
        { name: 'size', type: 'number', collection: false, optional: false, hidden: false },
        {
          name: 'color',
          type: 'string',
          collection: false,
          optional: true,
          hidden: false,
          legalValues: ['red'],
        },
      ],
    })

  it.each<[string, TaskRequest, string[]]>([
    ['a missing and a wrong input', { input: { color: 'blue' } }, ['size', 'color']],
    ['a wrong type', { input: { size: 'large' } }, ['size']],
    [
      'what cannot be stored',
      { input: { size: 1 }, region: 'a\0b', idempotencyKey: '\ud800' },
      ['region', 'idempotencyKey'],
    ],
    ['a group that cannot be stored', { input: { size: 1 }, watcherGroups: ['a\0'] }, ['watcherGroups']],
    ['a name nobody has', { input: { size: 1 }, watchers: ['two words'] }, ['watchers']],
    ['a tag without a name', { input: { size: 1 }, tags: { '': 'x' } }, ['tags']],
    ['too high a priority', { input: { size: 1 }, priority: 5000 }, ['priority']],
    ['too long a wait', { input: { size: 1 }, wait: 61 }, ['wait']],
  ])('%s', async (_name, request, fields) => {
    const [before] = await database.sql<{ count: number }[]>`select count(*)::int as count from task`
    const failure = await create(operator, asks(), request).catch(
      (error: { code: string; details: { fields: { name: string }[] } }) => error,
    )
    expect(failure).toMatchObject({ code: 'invalid-input' })
    expect('details' in failure && failure.details.fields.map((field) => field.name)).toEqual(fields)
    const [after] = await database.sql<{ count: number }[]>`select count(*)::int as count from task`
    expect(after).toEqual(before)
  })

  it('a person without the right, a blocked template, a task to wait for that may not be seen', async () => {
    await expect(create(viewer, template())).rejects.toMatchObject({
      code: 'forbidden',
      details: { permission: 'task.create' },
    })
    await expect(create(operator, template({}, true))).rejects.toMatchObject({ code: 'template-blocked' })
    const { task } = await create(operator, template())
    await expect(create(resolver, template(), { dependsOn: [task.id] })).rejects.toMatchObject({
      code: 'not-found',
    })
    const { task: waits } = await create(operator, template(), { dependsOn: [task.id], wait: 10 })
    expect(waits).toMatchObject({ state: 'stopped', result: 'success' })
  })
})

describe('commands', () => {
  const slow = () =>
    template({ steps: [testStep('slow', { action: { type: 'wait', configuration: { for: '60s' } } })] })

  it('cancel and answer when it is over, with the reason on the record', async () => {
    const { task } = await create(operator, slow())
    const over = await commandTask(parts(), operator, task.id, { kind: 'cancel', reason: 'wrong zone' }, 10)
    expect(over).toMatchObject({ state: 'stopped', result: 'cancelled' })
    const events = await database.sql<{ name: string; actor: string; data: unknown }[]>`
      select name, actor, data from event where task_id = ${task.id} and actor is not null order by seq
    `
    expect(events).toEqual(
      expect.arrayContaining([
        { name: 'comment', actor: 'oscar', data: { text: 'wrong zone' } },
        expect.objectContaining({ name: 'cancel', actor: 'oscar' }),
      ]),
    )
    await expect(commandTask(parts(), operator, task.id, { kind: 'cancel' })).rejects.toMatchObject({
      code: 'not-allowed-now',
    })
  })

  it('pause and resume: waiting for a resume does not take the pause for its end', async () => {
    const { task } = await create(operator, slow())
    const paused = await commandTask(parts(), operator, task.id, { kind: 'pause' }, 10)
    expect(paused.state).toBe('paused')
    const resumed = await commandTask(parts(), operator, task.id, { kind: 'resume' })
    expect(resumed.state).not.toBe('stopped')
    await commandTask(parts(), operator, task.id, { kind: 'cancel' }, 10)
  })

  it('are refused for what may not be seen as if it were not there', async () => {
    const { task } = await create(operator, template())
    const command = commandTask(parts(), resolver, task.id, { kind: 'comment', text: 'hello' })
    await expect(command).rejects.toMatchObject({ code: 'not-found' })
    await expect(
      commandTask(parts(), viewer, task.id, { kind: 'comment', text: 'hello' }),
    ).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(
      commandTask(parts(), operator, task.id, { kind: 'comment', text: ' ' }),
    ).rejects.toMatchObject({
      code: 'invalid-input',
    })
    expect(
      await commandTask(parts(), operator, task.id, { kind: 'comment', text: 'well done' }),
    ).toMatchObject({ id: task.id })
    const missing = commandTask(parts(), operator, task.id, { kind: 'retry-step', stepNo: 99 })
    await expect(missing).rejects.toMatchObject({ code: 'not-found', details: { type: 'Step' } })
  })
})
