import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import {
  type GraphqlTestServer,
  graphqlTestServer,
  type Person,
  signedInPerson,
  tokenOf,
} from '../testing/graphql.ts'
import { World } from '../testing/world.ts'

let database: TestDatabase
let world: World
let server: GraphqlTestServer
let admin: Person
let viewer: Person

beforeAll(async () => {
  database = await testDatabase()
  world = new World(database.sql)
  server = await graphqlTestServer(database)
  admin = await signedInPerson(server.app, 'root', ['admin'])
  viewer = await signedInPerson(server.app, 'vera', ['viewer'])
})
afterAll(() => server.closeSockets())

const codesOf = (answer: { errors: readonly { extensions: Record<string, unknown> }[] }) =>
  answer.errors.map((error) => error.extensions.code)

describe('who asks', () => {
  it('a stranger sees who he is and what server this is, without its names', async () => {
    const { data, errors } = await server.ask(
      '{ me { name } server { version installation isEmpty basicAuthEnabled } }',
    )
    expect(errors).toEqual([])
    expect(data).toEqual({
      me: null,
      server: { version: '', installation: '', isEmpty: true, basicAuthEnabled: true },
    })
  })

  it('a stranger is told to sign in, and somebody whose session ended that it has', async () => {
    const query = '{ tasks { edges { cursor } } }'
    expect(codesOf(await server.ask(query))).toEqual(['unauthenticated'])
    expect(codesOf(await server.ask(query, {}, { session: 'gone' }))).toEqual(['session-expired'])
    const wrong = await server.ask(query, {}, { token: 'stint_nothing' })
    expect(wrong).toMatchObject({ status: 401, errors: [{ extensions: { code: 'unauthenticated' } }] })
  })

  it('a person without the permission is told which one is missing', async () => {
    const answer = await server.ask('{ users { edges { cursor } } }', {}, viewer)
    expect(answer.errors).toMatchObject([
      {
        message: expect.stringContaining('user.manage'),
        extensions: { code: 'forbidden', details: { permission: 'user.manage' } },
      },
    ])
  })

  it('a token may what it was made for and no more', async () => {
    const token = await tokenOf(server.app, admin.actor, 'task.view')
    const { data } = await server.ask('{ me { permissions via } tasks { edges { cursor } } }', {}, { token })
    expect(data).toMatchObject({ me: { permissions: ['TASK_VIEW'], via: 'token' } })
    expect(codesOf(await server.ask('{ settings { name } }', {}, { token }))).toEqual(['forbidden'])
  })

  it('another web site cannot write with somebody’s session', async () => {
    const body = JSON.stringify({ query: '{ me { name } }' })
    const cookie = { cookie: `stint_session=${admin.session}` }
    const bare = await server.send(body, { headers: cookie })
    expect(bare.status).toBe(403)
    const foreign = await server.send(body, { ...admin, headers: { origin: 'https://evil.example' } })
    expect(foreign.status).toBe(403)
    const form = await server.send('query=%7Bme%7Bname%7D%7D', {
      headers: { ...cookie, 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(form.status).toBe(403)
    expect((await server.send(body, admin)).status).toBe(200)
  })
})

describe('errors', () => {
  it('carry a code, details and the number of the request, and nothing of our insides', async () => {
    const { errors, headers } = await server.ask('{ task(id: "x") { nonsense } }', {}, admin)
    expect(errors[0]?.extensions).toEqual({
      code: 'invalid-request',
      details: {},
      requestId: headers.get('x-request-id'),
    })
    expect(errors[0]?.message).not.toMatch(/did you mean/i)
  })

  it('of ours are masked', async () => {
    const broken = await graphqlTestServer(database, {
      app: { ...server.app, sql: brokenFor(server.app.sql, 'listTasks') },
    })
    const { errors } = await broken.ask('{ tasks { edges { cursor } } }', {}, admin)
    expect(errors).toMatchObject([
      { path: ['tasks'], extensions: { code: 'internal', details: { requestId: expect.any(String) } } },
    ])
    expect(JSON.stringify(errors)).not.toMatch(/secret inside|stack|select/i)
  })

  it('of a syntax, a missing variable and an unknown operation are faults of the request', async () => {
    for (const query of [
      '{ me { ',
      'query A($id: ID!) { task(id: $id) { id } }',
      'subscription { nothing }',
    ]) {
      expect(codesOf(await server.ask(query, {}, admin))).toEqual(['invalid-request'])
    }
  })
})

/** A pool whose statement of this name fails as a database does that we wrote nonsense for. */
function brokenFor(sql: GraphqlTestServer['app']['sql'], name: string) {
  return new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      if (String((args[0] as readonly string[])[0]).includes(`${name} */`))
        throw new Error('secret inside: select 1')
      return Reflect.apply(target as unknown as (...all: unknown[]) => object, self, args)
    },
  })
}

describe('bombs are refused before anything of them runs', () => {
  const deep = `{ tasks { edges { node ${'{ parent '.repeat(12)}{ id }${' }'.repeat(12)} } } }`
  const bombs: [string, string][] = [
    ['depth', deep],
    ['aliases', `{ ${Array.from({ length: 31 }, (_, n) => `a${n}: me { name }`).join(' ')} }`],
    ['tokens', `{ me { ${'name '.repeat(2100)} } }`],
    ['directives', `{ me { name ${'@skip(if: false) '.repeat(51)} } }`],
    ['a cycle of fragments', 'query { me { ...A } } fragment A on Me { ...B } fragment B on Me { ...A }'],
    [
      'a page of pages',
      '{ tasks(first: 100) { edges { node { children(first: 100) { edges { node { id title } } } } } } }',
    ],
    [
      'a page of pages by variable',
      'query Q($n: Int = 100) { tasks(first: $n) { edges { node { children(first: $n) { edges { node { id title } } } } } } }',
    ],
  ]

  it.each(bombs)('%s', async (_name, query) => {
    const begun = performance.now()
    const answer = await server.ask(query, {}, admin)
    expect(codesOf(answer)).toContain('invalid-request')
    expect(answer.data ?? {}).not.toHaveProperty('tasks.edges')
    expect(performance.now() - begun).toBeLessThan(1_000)
  })

  it('a batch', async () => {
    const body = JSON.stringify(Array(3).fill({ query: '{ me { name } }' }))
    const { status, text } = await server.send(body, admin)
    expect(status).toBe(400)
    expect(text).not.toContain('root')
  })

  it('a mutation by GET', async () => {
    const query = encodeURIComponent('mutation { changePassword(input: {current: "a", next: "b"}) { name } }')
    const { status } = await server.send('', { ...admin, method: 'GET', path: `/graphql?query=${query}` })
    expect(status).toBe(405)
  })

  it('pages that are no pages', async () => {
    for (const page of ['first: 0', 'first: 101', 'last: -1', 'first: 1, last: 1']) {
      expect(codesOf(await server.ask(`{ tasks(${page}) { edges { cursor } } }`, {}, admin))).toEqual([
        'invalid-request',
      ])
    }
    expect(codesOf(await server.ask('{ tasks(after: "x") { edges { cursor } } }', {}, admin))).toEqual([
      'invalid-cursor',
    ])
  })
})

describe('exploring', () => {
  const introspection = '{ __schema { types { name } } }'
  const page = (asker: { session?: string }) =>
    server.send('', { ...asker, method: 'GET', headers: { accept: 'text/html' } })

  it('the contract is read by those who may explore it', async () => {
    expect((await server.ask(introspection, {}, admin)).errors).toEqual([])
    expect(codesOf(await server.ask(introspection, {}, viewer))).toContain('invalid-request')
    expect((await server.ask(introspection, {}, admin)).errors).toEqual([])
  })

  it('GraphiQL opens for them, and tells the others what is missing', async () => {
    const open = await page(admin)
    expect(open.status).toBe(200)
    expect(open.text).toContain('YogaGraphiQL.renderYogaGraphiQL')
    expect(open.text).not.toMatch(/(src|href)="https?:/)
    expect(open.headers.get('content-security-policy')).toContain("script-src 'nonce-")
    expect(await page(viewer)).toMatchObject({
      status: 403,
      text: expect.stringContaining('graphql.explore'),
    })
    expect(await page({})).toMatchObject({ status: 401 })
  })
})

describe('nodes', () => {
  it('are found by both forms of their id, by whom may see them', async () => {
    const uuid = await world.task({ title: 'Here' })
    const byUuid = await server.ask(
      'query Q($id: ID!) { task(id: $id) { id uuid title } }',
      { id: uuid },
      admin,
    )
    const task = byUuid.data.task as unknown as { id: string; uuid: string }
    expect(task).toMatchObject({ uuid, title: 'Here' })
    const query =
      'query Q($id: ID!) { task(id: $id) { uuid } node(id: $id) { __typename id } nodes(ids: [$id]) { id } }'
    const { data } = await server.ask(query, { id: task.id }, viewer)
    expect(data).toEqual({
      task: { uuid },
      node: { __typename: 'Task', id: task.id },
      nodes: [{ id: task.id }],
    })
  })

  it('that are missing and those that may not be seen look the same', async () => {
    const hidden = await world.task()
    const resolver = await signedInPerson(server.app, 'rita', ['resolver'])
    const query = 'query Q($id: ID!) { task(id: $id) { id } }'
    expect(await server.ask(query, { id: hidden }, resolver)).toMatchObject({
      data: { task: null },
      errors: [],
    })
    expect(await server.ask(query, { id: 'nonsense' }, resolver)).toMatchObject({
      data: { task: null },
      errors: [],
    })
    const user = Buffer.from(`User:${admin.actor.userId}`).toString('base64')
    const me = Buffer.from(`User:${resolver.actor.userId}`).toString('base64')
    const nodes = await server.ask(
      'query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: [user, me] },
      resolver,
    )
    expect(nodes.data).toEqual({ nodes: [null, { id: me }] })
    expect(codesOf(await server.ask('{ node(id: "nonsense") { id } }', {}, resolver))).toEqual([
      'invalid-request',
    ])
  })
})
