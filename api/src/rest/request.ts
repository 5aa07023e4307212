import { randomUUID } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import type { App } from '../base/app.ts'
import type { Logger } from '../base/log.ts'
import { type RequestFacts, requestFacts } from '../domains/access/address.ts'
import { authenticate, notSignedIn } from '../domains/access/authenticate.ts'
import type { Actor } from '../domains/access/model.ts'

/** What every handler finds in its context. */
export interface RestEnv {
  Bindings: Partial<HttpBindings>
  Variables: {
    requestId: string
    facts: RequestFacts
    /** Writes the request id into every line. */
    log: Logger
    /** Set by a rule that demanded a permission. */
    actor?: Actor
  }
}

export type RestContext = Context<RestEnv>

/** An id that came with the request is kept, so that one search finds it in the logs of everybody on its way. */
function requestIdOf(header: string | undefined): string {
  return header !== undefined && /^[\w.:+/=-]{1,100}$/.test(header) ? header : randomUUID()
}

function levelOf(status: number): 'error' | 'info' | 'debug' {
  if (status >= 500) return 'error'
  return status >= 400 ? 'info' : 'debug'
}

/** Tokens stand in some of these addresses and must not reach a log. */
function loggedPath(path: string): string {
  return path.replace(/^(\/(?:api\/callbacks|unsecured\/callback)\/[^/]+)\/.+$/, '$1/…')
}

/** The facts of a request, its id and its line in the log. Stands before everything else. */
export function withRequest(app: App): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const requestId = requestIdOf(c.req.header('x-request-id'))
    const log = app.log.child({ requestId })
    c.set('requestId', requestId)
    c.set('log', log)
    c.set('facts', requestFacts(c.req.raw.headers, c.env.incoming?.socket.remoteAddress ?? ''))
    const beganMs = app.clock.monotonicMs()
    await next()
    c.header('x-request-id', requestId)
    // Answers are about persons, unless a route says that they are not.
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
    const { method, path } = c.req
    const { status } = c.res
    log[levelOf(status)](
      { method, path: loggedPath(path), status, ms: Math.round(app.clock.monotonicMs() - beganMs) },
      'request',
    )
  }
}

/** Who asks; `undefined` is nobody. Looked up when a route wants to know, so that files and health checks cost no query. */
export function actorOf(app: App, c: RestContext): Promise<Actor | undefined> {
  return authenticate(app, c.get('facts'))
}

/** Who asks; throws `unauthenticated` or `session-expired` when it is nobody. */
export async function signedIn(app: App, c: RestContext): Promise<Actor> {
  const actor = await actorOf(app, c)
  if (actor === undefined) throw notSignedIn(c.get('facts'))
  return actor
}

/** The person whom the rule of this route let in. */
export function actorHere(c: RestContext): Actor {
  const actor = c.get('actor')
  if (actor === undefined) throw new Error('this route demands no permission, so nobody is known here')
  return actor
}
