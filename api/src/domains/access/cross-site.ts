import type { Config } from '../../base/config.ts'
import { Problem } from '../../base/problem.ts'
import { isIn, type RequestFacts } from './address.ts'
import { cookieOf } from './authenticate.ts'

/**
 * Against other web sites that send requests with our user's cookies. A browser names the origin of every write and of every
 * WebSocket; a form or an image cannot add a header of its own. Bearer tokens are never sent by a browser on its own account.
 */

/** Header that our page and our command line send with every write. */
export const ownHeader = 'x-stint'

function isFromProxy(config: Config, facts: RequestFacts): boolean {
  return isIn(config.trustedProxies, facts.remoteAddress)
}

/** Host names under which people reach us: what they asked for, what a trusted proxy says they asked for, what we were told. */
function ownHosts(config: Config, facts: RequestFacts): (string | null | undefined)[] {
  return [
    facts.headers.get('host'),
    isFromProxy(config, facts) ? facts.headers.get('x-forwarded-host') : null,
    config.publicUrl === undefined ? null : URL.parse(config.publicUrl)?.host,
  ]
}

/** True for our own pages and for programs, which name no origin. The upgrade of a WebSocket must ask this too. */
export function isOwnOrigin(config: Config, facts: RequestFacts): boolean {
  const origin = facts.headers.get('origin')
  if (origin === null) {
    const site = facts.headers.get('sec-fetch-site')
    return site === null || site === 'same-origin' || site === 'none'
  }
  const host = URL.parse(origin)?.host
  return host !== undefined && ownHosts(config, facts).includes(host)
}

/** Would a browser have proved the person by itself: with a cookie, a password it remembers, or through a proxy? */
function isAmbient(config: Config, facts: RequestFacts): boolean {
  if (facts.authorization !== undefined) {
    return /^basic /i.test(facts.authorization) && facts.headers.get('origin') !== null
  }
  const isNamed = isFromProxy(config, facts) && facts.headers.get('x-remote-user') !== null
  return isNamed || cookieOf(facts) !== undefined
}

/** Throws `cross-site` for a write that another site may have caused. Reads need no check: no other site can see the answer. */
export function refuseCrossSite(config: Config, facts: RequestFacts): void {
  const isBearer = /^bearer /i.test(facts.authorization ?? '')
  if (!isBearer && !isOwnOrigin(config, facts)) {
    throw new Problem('cross-site', 'This request came from another web site and was not carried out.')
  }
  if (isAmbient(config, facts) && facts.headers.get(ownHeader) === null) {
    throw new Problem('cross-site', `Requests with a session need the header "${ownHeader}: 1".`)
  }
}
