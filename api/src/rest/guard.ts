import { limits } from '@stint/schema/limits'
import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { App } from '../base/app.ts'
import { Problem } from '../base/problem.ts'
import { isIn, type RequestFacts } from '../domains/access/address.ts'
import { refuseCrossSite } from '../domains/access/cross-site.ts'
import { refuseInMaintenance } from '../domains/maintenance/read.ts'
import { readSettings } from '../domains/settings/read.ts'
import type { RestEnv } from './request.ts'

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Every write, wherever it goes, passes this: see domains/access/cross-site. */
export function noCrossSite(app: App): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    if (!reading.has(c.req.method)) refuseCrossSite(app.config, c.get('facts'))
    await next()
  }
}

/** Signing in and out; GraphQL asks of each mutation itself. Everything else that is no reading waits. */
const duringMaintenance = new Set(['/graphql', '/api/sign-in', '/api/sign-in/code', '/api/sign-out'])

const callback = /^\/(?:api\/callbacks|unsecured\/callback)\//

/** The engine is held: the answer waits in the mailbox until the maintenance is over. */
async function isKept(app: App, path: string): Promise<boolean> {
  return callback.test(path) && (await readSettings(app)).maintenance_callbacks === 'keep'
}

/** Throws `maintenance` while the installation may only be read: see domains/maintenance. */
export function noWritesInMaintenance(app: App): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const { method, path } = c.req
    const isFree = reading.has(method) || duringMaintenance.has(path)
    if (!isFree && !(await isKept(app, path))) await refuseInMaintenance(app)
    await next()
  }
}

const discardedBytesMax = 8_388_608

/**
 * A body as far as the limit goes; undefined when it is longer. Then the rest is read and thrown away, up to a bound: a client
 * that writes all of its request before it reads would otherwise meet a cut connection instead of our answer.
 */
async function readUpTo(
  body: ReadableStream<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size <= limitBytes) parts.push(part)
    else parts = []
    if (size > limitBytes + discardedBytesMax) break
  }
  return size > limitBytes ? undefined : Buffer.concat(parts)
}

/** What Node reads of a request is never more than the length it told; one without a length is read here. */
function toldLength({ headers }: Request): number | undefined {
  const told = headers.get('content-length')
  return told === null || headers.has('transfer-encoding') ? undefined : Number(told)
}

/** Throws `body-too-large`; never more than the limit is kept in memory. */
export function bodiesUpTo(limitBytes: number): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const { raw } = c.req
    const told = toldLength(raw)
    if (raw.body === null || (told !== undefined && told <= limitBytes)) return next()
    const isHopeless = told !== undefined && told > limitBytes + discardedBytesMax
    const body = isHopeless ? undefined : await readUpTo(raw.body, limitBytes)
    if (body === undefined) {
      throw new Problem('body-too-large', `A request has at most ${limitBytes} bytes.`, {
        details: { limitBytes },
      })
    }
    c.req.raw = new Request(raw, { body })
    return next()
  }
}

export const usualBodies = bodiesUpTo(limits.requestBodyBytesMax)

/** Did the person come over TLS, as far as we can know? */
export function isSecure(app: App, facts: RequestFacts): boolean {
  if (app.config.publicUrl?.startsWith('https:')) return true
  const isProxied = isIn(app.config.trustedProxies, facts.remoteAddress)
  return isProxied && facts.headers.get('x-forwarded-proto') === 'https'
}

/** Nothing runs on our pages that we did not serve, and nobody frames them. Scripts and styles are files; see web/public. */
export function pageHeaders(): MiddlewareHandler<RestEnv> {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      // PatternFly draws some of its icons from data: addresses in its style sheets.
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    // Said by who ends TLS, not by us: on a plain http installation it would lock people out of the whole host.
    strictTransportSecurity: false,
    xFrameOptions: 'DENY',
    referrerPolicy: 'same-origin',
  })
}
