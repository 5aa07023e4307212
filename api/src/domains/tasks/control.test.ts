import type { Template } from '@stint/schema/template-types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../base/ids.ts'
import type { Engine } from '../../engine/engine.ts'
import { type TestDatabase, testDatabase } from '../../testing/database.ts'
import { testEngine, testStep, testTask, testTemplate } from '../../testing/engine.ts'
import { clientError } from '../../testing/toy-engine.ts'
import { actorOf } from '../../testing/world.ts'
import type { Actor } from '../access/model.ts'
import { changeSetting } from '../settings/change.ts'
import { TaskChanges } from './changes.ts'
import { type CommandParts, commandTask, demandTask } from './command.ts'
import { editRequest } from './edit.ts'
import { setPeople } from './people.ts'

/* Who may do what to a task, carried out by the real engine on a stored template. */

const admin = actorOf('root', ['admin'])
const operator = actorOf('op', ['operator'])
const owner = actorOf('ann', ['resolver'])
const templateOwner = actorOf('tom', ['resolver'])
const friend = actorOf('cy', ['resolver'], { groups: ['ops'] })

const template: Template = testTemplate([testStep('bad', { action: clientError })], {
  name: 'stored',
  titleFormat: 'to {{.input.to}}',
  allowedResolverUsernames: ['tom'],
  inputs: [{ name: 'to', type: 'string', optional: false, collection: false, hidden: false }] as never,
})
const templateId = newId()

let database: TestDatabase
let engine: Engine
let parts: CommandParts
let stop: () => Promise<void>

beforeAll(async () => {
  database = await testDatabase()
  const { sql } = database
  await sql`
    insert into template (id, name, version, source, digest, text, definition, description, created_by)
    values (${templateId}, 'stored', 1, 'saved', 'x', 'x', ${sql.json(template as never)}, 'x', 'root')`
  const started = await testEngine(database, { templateOf: async () => template })
  engine = started.engine
  const changes = new TaskChanges(database.app, { listener: started.listener, engine })
  await changes.start()
  parts = { app: database.app, engine, changes }
  stop = async () => {
    await changes.stop()
    await started.stop()
  }
})
afterAll(() => stop())

async function task(given: object = {}): Promise<string> {
  const request = { templateId, input: { to: 'rome' }, owner: { id: owner.userId, name: owner.name } }
  const { id } = await engine.createTask(testTask(template, { ...request, resolvers: ['tom'], ...given }))
  return id
}

async function paused(): Promise<string> {
  const id = await task()
  await engine.waitForStop(id, 10)
  return id
}

const later = { startAt: new Date(Date.now() + 3_600_000) }
const forbidden = { code: 'forbidden' }
const read = (id: string, actor: Actor = admin) => demandTask(database.app, actor, id)

describe('dangerous commands', () => {
  it('need the permission, the setting, a reason and a yes, and stand on the audit record with their task', async () => {
    const id = await paused()
    const unlock = (actor: Actor, more = {}) =>
      commandTask(parts, actor, id, { kind: 'unlock', reason: 'the host is gone', confirm: true, ...more })
    await expect(unlock(admin)).rejects.toMatchObject(forbidden)
    await changeSetting(database.app, { userId: admin.userId, name: 'root' }, 'allow_dangerous_actions', true)
    for (const actor of [operator, owner, templateOwner])
      await expect(unlock(actor)).rejects.toMatchObject(forbidden)
    await expect(unlock(admin, { reason: ' ' })).rejects.toMatchObject({ fields: [{ name: 'reason' }] })
    await expect(unlock(admin, { confirm: false })).rejects.toMatchObject({ fields: [{ name: 'confirm' }] })
    expect(await database.sql`select from audit where action = 'task.unlock'`).toHaveLength(0)
    expect(await unlock(admin)).toMatchObject({ state: 'stopped', reason: 'unlocked' })
    const [entry] =
      await database.sql`select actor_name, reason, details from audit where action = 'task.unlock'`
    expect(entry).toMatchObject({
      actorName: 'root',
      reason: 'the host is gone',
      details: { title: 'to rome', state: 'paused', reason: 'step-failed' },
    })
    // It is over for everybody but who resumes it.
    await expect(unlock(admin)).rejects.toMatchObject({ code: 'not-allowed-now' })
  })
})

describe('a review of all interrupted steps', () => {
  it('is refused where nothing was interrupted', async () => {
    const all = (actor: Actor, id: string) =>
      commandTask(parts, actor, id, { kind: 'review-step', decision: 'skip' })
    const id = await paused()
    await expect(all(friend, id)).rejects.toMatchObject({ code: 'not-found' })
    await expect(all(operator, id)).rejects.toMatchObject({
      code: 'not-allowed-now',
      message: 'It does not wait for a review.',
    })
  })
})

describe('the states of steps', () => {
  it('are set by administrators and owners of the template, to what a step can be', async () => {
    const id = await paused()
    const set = (actor: Actor, state: string) =>
      commandTask(parts, actor, id, { kind: 'set-step-state', stepNo: 0, state, reason: 'checked by hand' })
    for (const actor of [operator, owner]) await expect(set(actor, 'DONE')).rejects.toMatchObject(forbidden)
    await expect(set(admin, 'RUNNING')).rejects.toMatchObject({ fields: [{ name: 'state' }] })
    expect(await set(templateOwner, 'DONE')).toMatchObject({ state: 'paused', reason: 'by-user' })
  })
})

describe('the request', () => {
  it('is its owner’s until the task begins, then an administrator’s or the template owner’s', async () => {
    const id = await task(later)
    expect(await editRequest(parts, owner, id, { input: { to: 'oslo' } })).toMatchObject({ title: 'to oslo' })
    const begun = await paused()
    await expect(editRequest(parts, owner, begun, { input: { to: 'x' } })).rejects.toMatchObject(forbidden)
    await expect(editRequest(parts, operator, begun, { input: { to: 'x' } })).rejects.toMatchObject(forbidden)
    const edited = await editRequest(parts, templateOwner, begun, { input: { to: 'bern' }, tags: { a: 'b' } })
    expect(edited).toMatchObject({ title: 'to bern', tags: { a: 'b' } })
    await expect(editRequest(parts, admin, begun, { input: {} })).rejects.toMatchObject({
      fields: [{ name: 'to' }],
    })
  })
})

describe('people', () => {
  it('who watch are named by whoever commands the task; they see it then', async () => {
    const id = await task(later)
    await expect(read(id, friend)).rejects.toMatchObject({ code: 'not-found' })
    await setPeople(parts, owner, id, { watcherGroups: ['ops'] })
    expect(await read(id, friend)).toMatchObject({ watcherGroups: ['ops'] })
    await expect(setPeople(parts, friend, id, { watchers: ['cy'] })).rejects.toMatchObject(forbidden)
    await setPeople(parts, owner, id, { watcherGroups: [] })
    await expect(read(id, friend)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('who resolve are named by administrators and owners of the template: nobody names himself', async () => {
    const id = await task(later)
    for (const actor of [owner, operator])
      await expect(setPeople(parts, actor, id, { resolvers: [actor.name] })).rejects.toMatchObject(forbidden)
    await setPeople(parts, templateOwner, id, { resolvers: ['Tom', 'cy'] })
    expect((await read(id)).resolvers).toEqual(['cy', 'tom'])
    await expect(setPeople(parts, admin, id, { resolvers: ['two words'] })).rejects.toMatchObject({
      fields: [{ name: 'resolvers' }],
    })
  })

  it('are named on a task that is over, too', async () => {
    const id = await paused()
    await engine.command(id, { kind: 'cancel', actor: 'root' })
    await setPeople(parts, owner, id, { watchers: ['cy'] })
    expect((await read(id, friend)).state).toBe('stopped')
  })
})

describe('starting over', () => {
  it('of a task that is over answers the new one', async () => {
    const id = await paused()
    await engine.command(id, { kind: 'cancel', actor: 'root' })
    await expect(commandTask(parts, operator, id, { kind: 'start-over' })).rejects.toMatchObject(forbidden)
    const again = await commandTask(parts, admin, id, { kind: 'start-over' })
    expect(again).toMatchObject({ title: 'to rome', ownerName: 'ann', tags: { startedOver: id } })
    expect(again.id).not.toBe(id)
  })
})

describe('a task of another region', () => {
  it('is commanded here and never runs here', async () => {
    const id = await task({ region: 'elsewhere' })
    for (const kind of ['pause', 'resume'] as const) await commandTask(parts, operator, id, { kind })
    expect(await read(id)).toMatchObject({ state: 'pending', reason: 'queued' })
    await expect.poll(async () => (await read(id)).executorId).toBe(null)
    expect((await read(id)).startedAt).toBe(null)
  })
})
