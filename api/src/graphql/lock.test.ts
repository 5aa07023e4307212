import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TemplateDefinitions } from '../domains/templates/read.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { testEngine } from '../testing/engine.ts'
import { type GraphqlTestServer, graphqlTestServer, type Person, signedInPerson } from '../testing/graphql.ts'

/* Locks as the page and scripts see them: of templates, of requests, held, awaited and refused. */

let database: TestDatabase
let server: GraphqlTestServer
let admin: Person
let anna: Person
let bert: Person
let stop: () => Promise<void>

const template = `name: reboot
description: Reboots a host
title_format: Reboot {{.input.host}}
auto_runnable: true
allow_all_resolver_usernames: true
inputs:
- name: host
  description: Which
locks:
- resource: host/{{.input.host}}
  operation: reboot
  on_conflict: wait
links: ['rack/r1']
steps:
  hold:
    description: Holds the lock until somebody lets it go
    action: { type: wait, configuration: { for: 1h } }
`

beforeAll(async () => {
  database = await testDatabase()
  const definitions = new TemplateDefinitions(database.app)
  const started = await testEngine(database, { templateOf: (id) => definitions.of(id) })
  stop = started.stop
  server = await graphqlTestServer(database, started)
  admin = await signedInPerson(server.app, 'root', ['admin'])
  anna = await signedInPerson(server.app, 'anna', ['resolver'])
  bert = await signedInPerson(server.app, 'bert', ['resolver'])
  const saved = await server.ask(
    'mutation S($text: String!) { saveTemplate(input: {text: $text}) { __typename } }',
    { text: template },
    admin,
  )
  expect(saved.data.saveTemplate).toEqual({ __typename: 'SavedTemplate' })
})
afterAll(async () => {
  server.closeSockets()
  await stop()
})

async function ask<T>(query: string, variables: Record<string, unknown>, by: Person): Promise<T> {
  const { data, errors } = await server.ask(query, variables, by)
  expect(errors).toEqual([])
  return data as T
}

const create = `mutation C($input: CreateTaskInput!) {
  createTask(input: $input) { ... on CreatedTask { isNew task { id uuid state reason why { code taskId } } } }
}`
interface Created {
  readonly createTask: {
    isNew: boolean
    task: { id: string; uuid: string; state: string; reason: string | null; why: unknown }
  }
}
const reboot = async (host: string, by: Person, more: object = {}) =>
  (await ask<Created>(create, { input: { template: 'reboot', input: { host }, ...more } }, by)).createTask

const links = `query L($id: ID!) { task(id: $id) { links { resource mode operation state position stepNo holders { uuid } } } }`
const cancel = async (id: string, by: Person) =>
  ask('mutation X($id: ID!) { cancelTask(input: {taskId: $id, wait: 10}) { state } }', { id }, by)

describe('locks of a template', () => {
  it('are held, awaited in order, and shown to whoever may see the tasks', async () => {
    const first = (await reboot('db1', anna)).task
    const second = (await reboot('db1', bert)).task
    expect(second).toMatchObject({
      state: 'PENDING',
      reason: 'LOCK',
      why: { code: 'lock', taskId: null },
    })
    expect(await ask(links, { id: first.id }, anna)).toEqual({
      task: {
        links: [
          {
            resource: 'host/db1',
            mode: 'EXCLUSIVE',
            operation: 'reboot',
            state: 'HELD',
            position: null,
            stepNo: null,
            holders: [],
          },
          {
            resource: 'rack/r1',
            mode: null,
            operation: null,
            state: 'LINKED',
            position: null,
            stepNo: null,
            holders: [],
          },
        ],
      },
    })
    const [awaited] = (await ask<{ task: { links: unknown[] } }>(links, { id: second.id }, admin)).task.links
    expect(awaited).toMatchObject({
      resource: 'host/db1',
      state: 'WAITING',
      position: 1,
      holders: [{ uuid: first.uuid }],
    })
    // Bert sees that he waits, not for whom.
    const [mine] = (await ask<{ task: { links: unknown[] } }>(links, { id: second.id }, bert)).task.links
    expect(mine).toMatchObject({ state: 'WAITING', holders: [] })

    const use = 'task { uuid } mode operation position'
    const resource = `{ resource(name: "host/db1") { name capacity holderCount waiterCount holders { ${use} } waiters { ${use} } } }`
    expect(await ask(resource, {}, admin)).toEqual({
      resource: {
        name: 'host/db1',
        capacity: null,
        holderCount: 1,
        waiterCount: 1,
        holders: [{ task: { uuid: first.uuid }, mode: 'EXCLUSIVE', operation: 'reboot', position: null }],
        waiters: [{ task: { uuid: second.uuid }, mode: 'EXCLUSIVE', operation: 'reboot', position: 1 }],
      },
    })
    expect(await ask(resource, {}, bert)).toMatchObject({
      resource: { holderCount: 1, waiterCount: 1, holders: [], waiters: [{ task: { uuid: second.uuid } }] },
    })
    await cancel(first.id, anna)
    await expect
      .poll(async () =>
        ask<{ task: { state: string } }>(
          'query T($id: ID!) { task(id: $id) { state } }',
          { id: second.id },
          bert,
        ),
      )
      .toEqual({ task: { state: 'RUNNING' } })
    await cancel(second.id, bert)
    expect(
      (await ask<{ task: { links: unknown[] } }>(links, { id: first.id }, anna)).task.links[0],
    ).toMatchObject({ state: 'FREED' })
  })
})

describe('locks of a request', () => {
  it('are refused with the holder named, or lead to the task that does the same', async () => {
    const lock = { resource: 'db/main', onConflict: 'FAIL' }
    const { task } = await reboot('x1', anna, { locks: [lock] })
    const { errors } = await server.ask(
      create,
      { input: { template: 'reboot', input: { host: 'x2' }, locks: [lock] } },
      anna,
    )
    expect(errors[0]?.extensions).toMatchObject({
      code: 'lock-conflict',
      details: { resource: 'db/main', taskId: task.uuid },
    })
    const same = { ...lock, onConflict: 'COALESCE' }
    expect(await reboot('x3', anna, { locks: [same] })).toMatchObject({
      isNew: false,
      task: { uuid: task.uuid },
    })
    // Of what he may not see, Bert learns that it is there and no more.
    const refused = await server.ask(
      create,
      { input: { template: 'reboot', input: { host: 'x4' }, locks: [same] } },
      bert,
    )
    expect(refused.errors[0]?.extensions).toMatchObject({ code: 'lock-conflict' })
    const found =
      '{ resources(text: "MAIN") { edges { node { name holderCount tasks(first: 5) { edges { node { uuid } } } } } } }'
    expect(await ask(found, {}, anna)).toEqual({
      resources: {
        edges: [
          { node: { name: 'db/main', holderCount: 1, tasks: { edges: [{ node: { uuid: task.uuid } }] } } },
        ],
      },
    })
    expect(await ask(found, {}, bert)).toMatchObject({
      resources: { edges: [{ node: { tasks: { edges: [] } } }] },
    })
    await cancel(task.id, anna)
  })

  it('that name no resource are refused with their field', async () => {
    const { data } = await server.ask(
      'mutation C($input: CreateTaskInput!) { createTask(input: $input) { ... on InputProblem { fields { name } } } }',
      { input: { template: 'reboot', input: { host: 'y' }, locks: [{ resource: 'nothing' }] } },
      anna,
    )
    expect(data.createTask).toEqual({ fields: [{ name: 'locks' }] })
  })
})
