import { once } from 'node:events'
import { limits } from '@stint/schema/limits'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { revokeApiToken } from '../domains/access/api-tokens.ts'
import { systemActor } from '../domains/access/model.ts'
import { signOut } from '../domains/access/sessions.ts'
import { updateUser } from '../domains/access/users.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import {
  type GraphqlTestServer,
  graphqlTestServer,
  type Person,
  type Socket,
  signedInPerson,
  tokenOf,
} from '../testing/graphql.ts'
import { World } from '../testing/world.ts'

let database: TestDatabase
let world: World
let server: GraphqlTestServer
let admin: Person

beforeAll(async () => {
  database = await testDatabase()
  world = new World(database.sql)
  server = await graphqlTestServer(database)
  admin = await signedInPerson(server.app, 'root', ['admin'])
})
afterEach(() => server.closeSockets())

interface Message {
  readonly data?: Record<
    string,
    {
      title?: string
      token?: string
      resync?: boolean
      task?: { title: string } | null
      seq?: number
      now?: string
    }
  > | null
  readonly errors?: readonly { extensions?: Record<string, unknown> }[]
}

async function next(stream: AsyncIterator<unknown>): Promise<Message> {
  const { value, done } = await stream.next()
  if (done) throw new Error('the stream has ended')
  return value as Message
}

const watch = (socket: Socket, id: string) =>
  socket.subscribe('subscription S($id: ID!) { taskChanged(id: $id) { title } }', { id })

/** A bare socket, for what a well-behaved client does not do. */
function bare(headers: Record<string, string> = {}, path = '/graphql'): WebSocket {
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}${path}`, 'graphql-transport-ws', {
    headers,
  })
  socket.on('error', () => {})
  return socket
}

const statusOf = (socket: WebSocket) =>
  new Promise((resolve) =>
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)),
  )

const statusOrOpen = (socket: WebSocket) =>
  Promise.race([
    statusOf(socket),
    once(socket, 'open').then(() => {
      socket.terminate()
      return 'open'
    }),
  ])

const withCookie = () => ({ cookie: `stint_session=${admin.session}` })

describe('an upgrade', () => {
  it('from another web site is refused, whatever it proves', async () => {
    expect(await statusOf(bare({ ...withCookie(), origin: 'https://evil.example' }))).toBe(403)
    expect(await statusOf(bare({ ...withCookie(), origin: 'null' }))).toBe(403)
  })

  it('elsewhere is refused', async () => {
    expect(await statusOf(bare(withCookie(), '/elsewhere'))).toBe(404)
  })

  it('is one of 200 that may come from one address', async () => {
    const sockets = Array.from({ length: 200 }, () => bare(withCookie()))
    await Promise.all(sockets.map((socket) => once(socket, 'open')))
    expect(await statusOf(bare(withCookie()))).toBe(429)
    for (const socket of sockets) socket.terminate()
    await expect.poll(() => statusOrOpen(bare(withCookie()))).toBe('open')
  })

  it('from our own page is taken', async () => {
    const socket = bare({ ...withCookie(), origin: server.origin })
    await once(socket, 'open')
    socket.close()
  })
})

describe('a socket', () => {
  it('of nobody is closed as unauthorized, and so is one with a wrong token', async () => {
    expect((await server.socket({}).closed).code).toBe(4401)
    expect((await server.socket({ session: 'gone' }).closed).code).toBe(4401)
    expect((await server.socket({ token: 'stint_wrong' }).closed).code).toBe(4401)
  })

  it('that does not say who it is within three seconds is closed', async () => {
    const socket = bare(withCookie())
    await once(socket, 'open')
    const [code] = await once(socket, 'close')
    expect(code).toBe(4408)
  })

  it('that sends more than it may is closed', async () => {
    const socket = bare(withCookie())
    await once(socket, 'open')
    socket.send('x'.repeat(limits.requestBodyBytesMax + 1))
    const [code] = await once(socket, 'close')
    expect(code).toBe(1009)
  })

  it('answers queries under the limits of HTTP, and hides errors as HTTP does', async () => {
    const { subscribe } = server.socket({ token: await tokenOf(server.app, admin.actor, 'task.view') })
    expect(await next(subscribe('{ me { name via } }'))).toEqual({
      data: { me: { name: 'root', via: 'token' } },
    })
    const aliases = Array.from({ length: 31 }, (_, n) => `a${n}: me { name }`).join(' ')
    for (const query of [`{ ${aliases} }`, '{ nonsense }', '{', '{ __schema { __typename } }']) {
      await expect(next(subscribe(query))).rejects.toMatchObject([
        { extensions: { code: 'invalid-request', details: {}, requestId: expect.any(String) } },
      ])
    }
    expect(await next(subscribe('{ settings { name } }'))).toMatchObject({
      errors: [{ extensions: { code: 'forbidden', details: { permission: 'setting.view' } } }],
    })
  })

  it('carries 20 subscriptions and refuses the next', async () => {
    const id = await world.task({ title: 'many' })
    const socket = server.socket(admin)
    const streams = Array.from({ length: 20 }, () => watch(socket, id))
    await Promise.all(streams.map(next))
    await expect(next(watch(socket, id))).rejects.toMatchObject([{ extensions: { code: 'invalid-request' } }])
    await streams[0]?.return?.()
    expect(await next(watch(socket, id))).toMatchObject({ data: { taskChanged: { title: 'many' } } })
  })

  it('is one of 20 that a person may have', async () => {
    const many = await signedInPerson(server.app, 'many', ['viewer'])
    const sockets = Array.from({ length: 20 }, () => server.socket(many))
    await Promise.all(sockets.map((socket) => next(socket.subscribe('{ me { name } }'))))
    expect((await server.socket(many).closed).code).toBe(4429)
    void sockets[0]?.client.dispose()
    await sockets[0]?.closed
    expect(await next(server.socket(many).subscribe('{ me { name } }'))).toMatchObject({
      data: { me: { name: 'many' } },
    })
  })
})

describe('live', () => {
  it('twelve tabs see a task turn, and a page of the list with it', async () => {
    const id = await world.task({ title: 'before' })
    const tabs = Array.from({ length: 12 }, () => server.socket(admin))
    const streams = tabs.map((tab) => watch(tab, id))
    await Promise.all(streams.map(next))
    const list = tabs[0]!.subscribe(
      'subscription { tasksChanged(filter: {states: [RUNNING]}) { token resync task { title } matches } }',
    )
    const greeting = await next(list)
    expect(greeting.data?.tasksChanged).toMatchObject({ resync: false, task: null })
    await world.change(id, { title: 'after' })
    await world.announce(id)
    const seen = await Promise.all(streams.map(next))
    expect(seen.map(({ data }) => data?.taskChanged?.title)).toEqual(Array(12).fill('after'))
    let told = await next(list)
    // What earlier tests announced may still be on its way.
    while (told.data?.tasksChanged?.task?.title !== 'after') told = await next(list)
    expect(told).toMatchObject({ data: { tasksChanged: { matches: true } } })
  })

  it('events and output come over plain HTTP as well', async () => {
    const id = await world.task()
    await world.steps(id, ['RUNNING'])
    await world.output(id, 0, 1, ['one'])
    await world.events(id, ['a', 'b'])
    const token = await tokenOf(server.app, admin.actor)
    const events = server.events(
      'subscription S($id: ID!) { taskEvents(id: $id, after: 1) { seq name } }',
      { id },
      { token },
    )
    const output = server.events(
      'subscription S($id: ID!) { stepOutput(taskId: $id, stepNo: 0) { seq text } }',
      { id },
      { token },
    )
    expect(await next(events)).toEqual({ data: { taskEvents: { seq: 2, name: 'b' } } })
    expect(await next(output)).toEqual({ data: { stepOutput: { seq: 1, text: 'one' } } })
    await world.events(id, ['c'])
    await world.output(id, 0, 1, ['two'])
    await world.announce(id)
    expect(await next(events)).toEqual({ data: { taskEvents: { seq: 3, name: 'c' } } })
    expect(await next(output)).toEqual({ data: { stepOutput: { seq: 2, text: 'two' } } })
    await events.return(undefined)
    await output.return(undefined)
  })

  it('a stranger gets no subscription, over neither way', async () => {
    const id = await world.task()
    const query = 'subscription S($id: ID!) { taskChanged(id: $id) { title } }'
    const stranger = server.events(query, { id }, {})
    expect(await next(stranger)).toMatchObject({ errors: [{ extensions: { code: 'unauthenticated' } }] })
    const rita = await signedInPerson(server.app, 'rita', ['resolver'])
    const hidden = await next(watch(server.socket(rita), id))
    expect(hidden).toMatchObject({ errors: [{ extensions: { code: 'not-found' } }] })
  })

  it('a page hears at once from the server that it is there', async () => {
    const stream = server.socket(admin).subscribe('subscription { server { version now isEmpty } }')
    expect(await next(stream)).toMatchObject({
      data: {
        server: { version: '1.2.3', now: expect.stringMatching(/^\d{4}-.*Z$/), isEmpty: expect.any(Boolean) },
      },
    })
  })

  it('what would cost too much at every event is refused', async () => {
    const id = await world.task()
    const query = `subscription S($id: ID!) { taskChanged(id: $id) { children(first: 100) { edges { node { children(first: 100) { edges { node { id } } } } } } } }`
    const stream = server.events(query, { id }, { token: await tokenOf(server.app, admin.actor) })
    expect(await next(stream)).toMatchObject({ errors: [{ extensions: { code: 'invalid-request' } }] })
  })

  it('nothing is left behind by subscribers who went', async () => {
    const id = await world.task()
    const token = await tokenOf(server.app, admin.actor)
    const stream = server.events(
      'subscription S($id: ID!) { taskChanged(id: $id) { title } }',
      { id },
      { token },
    )
    await next(stream)
    const socket = server.socket(admin)
    await next(watch(socket, id))
    await stream.return(undefined)
    void socket.client.dispose()
    await expect.poll(() => server.changes.subscribers).toBe(0)
  })
})

describe('rights that end in mid-stream', () => {
  it('a session that is ended closes its sockets as forbidden, and no other', async () => {
    const id = await world.task()
    const leaver = await signedInPerson(server.app, 'leaver', ['viewer'])
    const stayer = await signedInPerson(server.app, 'stayer', ['viewer'])
    const sockets = [server.socket(leaver), server.socket(stayer)] as const
    const streams = sockets.map((socket) => watch(socket, id))
    await Promise.all(streams.map(next))
    await signOut(server.app, leaver.actor)
    expect((await sockets[0].closed).code).toBe(4403)
    await world.change(id, { title: 'later' })
    await world.announce(id)
    expect(await next(streams[1]!)).toMatchObject({ data: { taskChanged: { title: 'later' } } })
  })

  it('a revoked token ends its event stream with a word', async () => {
    const id = await world.task()
    const token = await tokenOf(server.app, admin.actor)
    const stream = server.events(
      'subscription S($id: ID!) { taskChanged(id: $id) { title } }',
      { id },
      { token },
    )
    await next(stream)
    const [made] = await database.sql<{ id: string }[]>`select id from api_token order by id desc limit 1`
    await revokeApiToken(server.app, admin.actor, made!.id)
    expect(await next(stream)).toMatchObject({ errors: [{ extensions: { code: 'unauthenticated' } }] })
    expect(await stream.next()).toMatchObject({ done: true })
  })

  it('a session that expires closes its sockets as unauthorized within seconds', async () => {
    const shortly = await signedInPerson(server.app, 'shortly', ['viewer'])
    const expiresAt = new Date(Date.now() + 1_000)
    await database.sql`update session set expires_at = ${expiresAt} where user_id = ${shortly.actor.userId}`
    const socket = server.socket(shortly)
    await next(socket.subscribe('{ me { name } }'))
    expect((await socket.closed).code).toBe(4401)
    expect(Date.now() - expiresAt.getTime()).toBeLessThan(5_000)
  })

  it('a lowered role sees nothing more of what it may no longer see', async () => {
    const fred = await signedInPerson(server.app, 'fred', ['viewer'])
    const own = await world.task({ title: 'own', owner: fred.actor })
    const foreign = await world.task({ title: 'foreign' })
    const socket = server.socket(fred)
    const streams = [watch(socket, own), watch(socket, foreign)] as const
    const list = socket.subscribe('subscription { tasksChanged { task { title } } }')
    await Promise.all([...streams, list].map(next))
    await updateUser(server.app, systemActor, { userId: fred.actor.userId, roles: ['resolver'] })
    await expect
      .poll(
        async () =>
          ((await next(socket.subscribe('{ me { roles } }'))).data?.me as { roles?: string[] })?.roles,
      )
      .toEqual(['RESOLVER'])
    await world.announce(foreign)
    await world.announce(own)
    expect(await next(streams[1])).toMatchObject({ errors: [{ extensions: { code: 'not-found' } }] })
    expect(await next(streams[0])).toMatchObject({ data: { taskChanged: { title: 'own' } } })
    expect(await next(list)).toMatchObject({ data: { tasksChanged: { task: { title: 'own' } } } })
  })

  it('a disabled user is cut off', async () => {
    const gone = await signedInPerson(server.app, 'gone', ['viewer'])
    const socket = server.socket(gone)
    await next(socket.subscribe('{ me { name } }'))
    await updateUser(server.app, systemActor, { userId: gone.actor.userId, disabled: true })
    expect((await socket.closed).code).toBe(4403)
  })
})

describe('a server that stops', () => {
  it('says goodbye to its sockets', async () => {
    const stopping = await graphqlTestServer(database)
    const socket = stopping.socket(admin)
    await next(socket.subscribe('{ me { name } }'))
    await stopping.stop()
    expect((await socket.closed).code).toBe(1001)
  })
})
