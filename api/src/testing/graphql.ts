import { once } from 'node:events'
import { type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Role } from '@stint/schema/words'
import type { ExecutionResult } from 'graphql'
import { type Client, createClient } from 'graphql-ws'
import { afterAll } from 'vitest'
import { WebSocket } from 'ws'
import type { App } from '../base/app.ts'
import { systemClock } from '../base/clock.ts'
import { requestFacts } from '../domains/access/address.ts'
import { createApiToken } from '../domains/access/api-tokens.ts'
import { type Actor, systemActor } from '../domains/access/model.ts'
import { signIn } from '../domains/access/sessions.ts'
import { createUser } from '../domains/access/users.ts'
import { TaskChanges } from '../domains/tasks/changes.ts'
import type { TaskEngine } from '../domains/tasks/model.ts'
import { templateCheck } from '../domains/templates/check.ts'
import { ActionRegistry } from '../engine/action.ts'
import { echoAction } from '../engine/actions/echo.ts'
import { waitAction } from '../engine/actions/wait.ts'
import { type GraphqlServerOptions, graphqlServer } from '../graphql/server.ts'
import { Listener } from '../postgres/listen.ts'
import { createMetrics } from '../rest/metrics.ts'
import { restApp } from '../rest/server.ts'
import { testConfiguration } from './configuration.ts'
import type { TestDatabase } from './database.ts'
import { plainChannels, plainEngine } from './plain-engine.ts'

export interface Asker {
  readonly session?: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  // What a test selects it knows the shape of.
  readonly data: Record<string, never>
  readonly errors: readonly { message: string; extensions: Record<string, unknown>; path?: unknown }[]
}

export interface Person {
  readonly actor: Actor
  /** Secret of a session cookie. */
  readonly session: string
}

const password = 'a rather long password'

/** Somebody who has signed in. */
export async function signedInPerson(
  app: App,
  name: string,
  roles: readonly Role[],
  groups: readonly string[] = [],
): Promise<Person> {
  await createUser(app, systemActor, { name, password, roles, groups })
  const { actor, secret } = await signIn(app, requestFacts(new Headers(), '127.0.0.1'), { name, password })
  return { actor, session: secret }
}

/** An API token with everything that its maker may, or with what is named. */
export async function tokenOf(
  app: App,
  actor: Actor,
  ...only: Actor['permissions'] extends ReadonlySet<infer P> ? P[] : never
): Promise<string> {
  const permissions = only.length > 0 ? only : [...actor.permissions]
  return (await createApiToken(app, actor, { name: 'test', permissions, expiresInDays: 1 })).secret
}

function headersOf({ session, token, headers }: Asker): Record<string, string> {
  return {
    ...(session === undefined ? {} : { cookie: `stint_session=${session}`, 'x-stint': '1' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  }
}

/** One socket, as a browser tab has one, and the close code when it was closed from the other side. */
export interface Socket {
  readonly client: Client
  readonly closed: Promise<{ code: number; reason: string }>
  subscribe<T = Record<string, never>>(
    query: string,
    variables?: Record<string, unknown>,
  ): AsyncIterableIterator<ExecutionResult<T>>
}

/** GraphQL behind the doors that stand in front of it, on a port of its own; ends after the last test of the file. */
export class GraphqlTestServer {
  readonly origin: string
  readonly changes: TaskChanges
  readonly app: App
  /** Ends the sockets from the side of the server. */
  readonly stop: () => Promise<void>
  readonly #sockets: Client[] = []

  constructor(app: App, origin: string, changes: TaskChanges, stop: () => Promise<void>) {
    this.app = app
    this.origin = origin
    this.changes = changes
    this.stop = stop
  }

  async send(
    body: string,
    asker: Asker & { method?: string; path?: string } = {},
  ): Promise<{ status: number; headers: Headers; text: string }> {
    const { method = 'POST', path = '/graphql' } = asker
    const headers = { 'content-type': 'application/json', ...headersOf(asker) }
    const asking = request(this.origin + path, { method, headers, agent: false })
    asking.end(method === 'GET' ? undefined : body)
    const [response] = (await once(asking, 'response')) as [IncomingMessage]
    let text = ''
    for await (const chunk of response) text += chunk
    return {
      status: response.statusCode ?? 0,
      headers: new Headers(response.headers as Record<string, string>),
      text,
    }
  }

  async ask(query: string, variables: Record<string, unknown> = {}, asker: Asker = {}): Promise<Answered> {
    const { status, headers, text } = await this.send(JSON.stringify({ query, variables }), asker)
    const { data = {}, errors = [] } = JSON.parse(text)
    return { status, headers, data, errors }
  }

  /** The messages of a subscription over plain HTTP, as curl would see them. */
  async *events(
    query: string,
    variables: Record<string, unknown>,
    asker: Asker,
  ): AsyncGenerator<ExecutionResult> {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream', ...headersOf(asker) }
    const asking = request(`${this.origin}/graphql`, { method: 'POST', headers, agent: false })
    asking.end(JSON.stringify({ query, variables }))
    const [response] = (await once(asking, 'response')) as [IncomingMessage]
    let text = ''
    try {
      for await (const chunk of response) {
        text += chunk
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          const data = /^data: (.+)$/m.exec(block)?.[1]
          if (block.startsWith('event: next') && data !== undefined) yield JSON.parse(data)
        }
      }
    } finally {
      asking.destroy()
    }
  }

  socket({ session, token }: Asker, headers: Record<string, string> = {}): Socket {
    const closed = Promise.withResolvers<{ code: number; reason: string }>()
    class Browser extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers: { ...headersOf({ session }), ...headers } })
      }
    }
    const client = createClient({
      url: `${this.origin.replace('http', 'ws')}/graphql`,
      webSocketImpl: Browser,
      connectionParams: token === undefined ? undefined : { authorization: `Bearer ${token}` },
      retryAttempts: 0,
      lazy: false,
      onNonLazyError: () => {},
      on: { closed: (event) => closed.resolve(event as { code: number; reason: string }) },
    })
    this.#sockets.push(client)
    return {
      client,
      closed: closed.promise,
      subscribe: <T>(query: string, variables: Record<string, unknown> = {}) =>
        client.iterate({ query, variables }) as AsyncIterableIterator<ExecutionResult<T>>,
    }
  }

  closeSockets(): void {
    for (const client of this.#sockets.splice(0)) void client.dispose()
  }
}

export async function graphqlTestServer(
  database: TestDatabase,
  options: { app?: App; engine?: TaskEngine; listener?: Listener } & Partial<GraphqlServerOptions> = {},
): Promise<GraphqlTestServer> {
  const app = options.app ?? database.app
  const engine = options.engine ?? plainEngine(app.sql)
  const listener = options.listener ?? new Listener({ target: database.target, log: app.log })
  await listener.start()
  const changes = new TaskChanges(app, { listener, engine, tickMs: 20 })
  await changes.start()
  const facts = { version: '1.2.3', installation: 'test', upSince: app.clock.now() }
  const actions = new ActionRegistry().add(echoAction).add(waitAction(systemClock))
  const check = templateCheck(actions)
  const graphql = graphqlServer({
    actions,
    check,
    configuration: testConfiguration(),
    channels: plainChannels(app.sql),
    ...options,
    app,
    engine,
    changes,
    listener,
    server: facts,
  })
  await graphql.start()
  const unused = () => Promise.reject(new Error('not in this test'))
  const rest = restApp({
    app,
    tasks: { create: unused },
    reports: { openReport: unused, appendReport: unused },
    callbacks: { callIn: unused },
    checks: {},
    metrics: createMetrics(),
    graphql: (asked, call) => graphql.fetch(asked, call),
  })
  const server = await new Promise<Server>((resolve) => {
    const starting = serve({ fetch: rest.fetch, port: 0, hostname: '127.0.0.1' }, () =>
      resolve(starting as Server),
    )
  })
  graphql.attach(server)
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const testing = new GraphqlTestServer(app, origin, changes, () => graphql.stop())
  afterAll(async () => {
    testing.closeSockets()
    await graphql.stop()
    await changes.stop()
    if (options.listener === undefined) await listener.stop()
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  })
  return testing
}
