import { limits } from '@stint/schema/limits'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import type { App } from '../base/app.ts'
import { Problem } from '../base/problem.ts'
import { isIn, type RequestFacts } from '../domains/access/address.ts'
import { refuseCrossSite } from '../domains/access/cross-site.ts'
import type { RestEnv } from './request.ts'

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Every write, wherever it goes, passes this: see domains/access/cross-site. */
export function noCrossSite(app: App): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    if (!reading.has(c.req.method)) refuseCrossSite(app.config, c.get('facts'))
    await next()
  }
}

/** Throws `body-too-large` before more than the limit was kept in memory. */
export function bodiesUpTo(limitBytes: number): MiddlewareHandler<RestEnv> {
  return bodyLimit({
    maxSize: limitBytes,
    onError: () => {
      throw new Problem('body-too-large', `A request has at most ${limitBytes} bytes.`, {
        details: { limitBytes },
      })
    },
  })
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
