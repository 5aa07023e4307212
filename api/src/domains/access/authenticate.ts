import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import { readSettings } from '../settings/read.ts'
import { actorOfSession, actorOfToken, actorOfUser, passwordMark } from './actor.ts'
import { clientAddress, type RequestFacts } from './address.ts'
import { actorByAuthenticators } from './authenticator.ts'
import { actorByBasic } from './basic.ts'
import type { Actor } from './model.ts'
import { actorByRemoteUser } from './remote-user.ts'
import { findTokenOwner, type TokenOwner, touchApiToken } from './store/api-token.ts'
import { findSession, type SessionRow, touchSession } from './store/session.ts'
import { findUsers } from './store/user.ts'
import { hashSecret, isApiToken } from './tokens.ts'

export const sessionCookie = 'stint_session'

/** Times of last use are for people; to the minute is enough, and a write per request would not be. */
const touchEveryMs = 60_000

/** The session secret that the browser sent. */
export function cookieOf(facts: RequestFacts): string | undefined {
  for (const part of (facts.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === sessionCookie && value) return value
  }
  return undefined
}

function isStale(app: App, at: Date | null): boolean {
  return at === null || app.clock.now().getTime() - at.getTime() >= touchEveryMs
}

async function sessionNow(app: App, tokenHash: Buffer): Promise<SessionRow | undefined> {
  const now = app.clock.now()
  const { session_idle_minutes } = await readSettings(app)
  const seenAfter = new Date(now.getTime() - session_idle_minutes * 60_000)
  return findSession(app.sql, tokenHash, { now, seenAfter })
}

async function actorByCookie(app: App, facts: RequestFacts, address: string): Promise<Actor | undefined> {
  const secret = cookieOf(facts)
  if (secret === undefined) return undefined
  const tokenHash = hashSecret(secret)
  const row = await sessionNow(app, tokenHash)
  if (row === undefined) return undefined
  if (isStale(app, row.lastSeenAt)) await touchSession(app.sql, tokenHash, app.clock.now())
  return actorOfSession(row, tokenHash.toString('base64url'), address)
}

async function ownerOfToken(app: App, token: string): Promise<TokenOwner> {
  const owner = isApiToken(token)
    ? await findTokenOwner(app.sql, { tokenHash: hashSecret(token) }, app.clock.now())
    : undefined
  if (owner !== undefined) return owner
  throw new Problem('unauthenticated', 'This API token is mistyped, expired or revoked; make a new one.')
}

async function actorByBearer(app: App, token: string, address: string): Promise<Actor> {
  const owner = await ownerOfToken(app, token)
  if (isStale(app, owner.tokenLastUsedAt)) await touchApiToken(app.sql, owner.tokenId, app.clock.now())
  return actorOfToken(owner, address)
}

/**
 * Who sent this request: one function for HTTP and for WebSockets. Of several proofs the most explicit counts, and a wrong
 * one is never covered by another: authorization header, then `x-remote-user` of a trusted proxy, then what plug-ins make of it,
 * then the session cookie.
 * `undefined` is nobody. Throws `unauthenticated`, `sign-in-failed` or `too-many-attempts` for a wrong authorization header.
 */
export async function authenticate(app: App, facts: RequestFacts): Promise<Actor | undefined> {
  const address = clientAddress(facts, app.config.trustedProxies)
  if (facts.authorization !== undefined) {
    const bearer = /^bearer +(\S+)$/i.exec(facts.authorization)?.[1]
    // A token that is not one of ours may be somebody's whom a plug-in knows.
    const foreign = bearer !== undefined && !isApiToken(bearer)
    const named = foreign ? await actorByAuthenticators(app, facts, address) : 'not-asked'
    if (named !== 'not-asked') return named
    return bearer === undefined ? actorByBasic(app, facts, address) : actorByBearer(app, bearer, address)
  }
  const remote = await actorByRemoteUser(app, facts, address)
  if (remote !== 'not-asked') return remote
  const named = await actorByAuthenticators(app, facts, address)
  return named === 'not-asked' ? actorByCookie(app, facts, address) : named
}

/** Why nobody is signed in: `session-expired` for a browser that still sends a cookie, else `unauthenticated`. */
export function notSignedIn(facts: RequestFacts): Problem {
  return cookieOf(facts) === undefined
    ? new Problem('unauthenticated', 'Sign in first, or send an API token.')
    : new Problem('session-expired', 'Your session has ended; sign in again.')
}

async function sameUser(app: App, actor: Actor): Promise<Actor | undefined> {
  const [user] = await findUsers(app.sql, [actor.userId])
  if (user === undefined || user.disabledAt !== null) return undefined
  if (actor.via === 'basic') {
    const { basic_auth } = await readSettings(app)
    if (basic_auth === 'off' || user.passwordHash === null) return undefined
    if (passwordMark(user.passwordHash) !== actor.sessionKey) return undefined
  }
  return { ...actorOfUser(user, actor.via, actor.address ?? ''), sessionKey: actor.sessionKey }
}

/**
 * Looks again at somebody who is connected for long, from the database: the actor with the rights he has now, or `undefined`
 * when session, token, password or user are no longer good. Ask on every message of channel stint_access that names him,
 * at `expiresAt`, and once in a while. Asking does not keep a session from lying idle.
 */
export async function revalidate(app: App, actor: Actor): Promise<Actor | undefined> {
  const address = actor.address ?? ''
  switch (actor.via) {
    case 'system':
      return actor
    case 'session':
    case 'code': {
      const sessionKey = actor.sessionKey ?? ''
      const row = await sessionNow(app, Buffer.from(sessionKey, 'base64url'))
      return row === undefined ? undefined : actorOfSession(row, sessionKey, address)
    }
    case 'token': {
      const owner = await findTokenOwner(app.sql, { id: actor.sessionKey ?? '' }, app.clock.now())
      return owner === undefined ? undefined : actorOfToken(owner, address)
    }
    default:
      return sameUser(app, actor)
  }
}
