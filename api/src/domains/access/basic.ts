import { createHmac, randomBytes } from 'node:crypto'
import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import { readSettings } from '../settings/read.ts'
import { actorOfUser, passwordMark } from './actor.ts'
import { isLocal, type RequestFacts } from './address.ts'
import type { Actor } from './model.ts'
import { isUserName, normalName } from './names.ts'
import { verifyPassword } from './passwords.ts'
import { findUserByName, type UserRow } from './store/user.ts'
import { beginAttempt } from './throttle.ts'

/**
 * A script with HTTP Basic sends its password with every request, and argon2id costs 10 ms each. What was right is
 * remembered for a minute under a key that only this process can compute, and that changes with the stored hash.
 */
const rememberMs = 60_000
const rememberedMax = 1000
const processKey = randomBytes(32)
const remembered = new Map<string, number>()

function keyOf(user: UserRow, password: string): string {
  return createHmac('sha256', processKey)
    .update(`${user.id}\n${user.passwordHash}\n${password}`)
    .digest('base64url')
}

function remember(key: string, untilMs: number): void {
  remembered.delete(key)
  remembered.set(key, untilMs)
  const oldest = remembered.keys().next()
  if (remembered.size > rememberedMax && !oldest.done) remembered.delete(oldest.value)
}

/** Name and password of an `authorization: Basic …` header; `undefined` when it is not one. */
export function parseBasic(authorization: string): { name: string; password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 1 ? undefined : { name: normalName(text.slice(0, colon)), password: text.slice(colon + 1) }
}

/** Does the setting allow HTTP Basic for this request? */
export async function isBasicAllowed(app: App, facts: RequestFacts): Promise<boolean> {
  const { basic_auth } = await readSettings(app)
  return basic_auth === 'on' || (basic_auth === 'loopback' && isLocal(facts))
}

async function isRight(
  app: App,
  user: UserRow | undefined,
  given: { name: string; password: string },
  address: string,
) {
  const key = user === undefined ? undefined : keyOf(user, given.password)
  const nowMs = app.clock.monotonicMs()
  if (key !== undefined && (remembered.get(key) ?? 0) > nowMs) return true
  const attempt = await beginAttempt(app, given.name, address)
  if (!(await verifyPassword(user?.passwordHash ?? null, given.password))) return false
  await attempt.succeeded()
  if (key !== undefined) remember(key, nowMs + rememberMs)
  return true
}

/** Throws `unauthenticated`, `sign-in-failed` or `too-many-attempts`: who sends a password wants to know. */
export async function actorByBasic(app: App, facts: RequestFacts, address: string): Promise<Actor> {
  if (!(await isBasicAllowed(app, facts))) {
    throw new Problem(
      'unauthenticated',
      'HTTP Basic is not accepted here (setting basic_auth); use an API token: authorization: Bearer stint_…',
    )
  }
  const given = parseBasic(facts.authorization ?? '')
  if (given === undefined) throw new Problem('unauthenticated', 'The authorization header cannot be read.')
  const user = isUserName(given.name) ? await findUserByName(app.sql, given.name) : undefined
  const right = await isRight(app, user, given, address)
  if (!right || user === undefined || user.passwordHash === null || user.disabledAt !== null) {
    throw new Problem('sign-in-failed', 'Name or password is wrong.')
  }
  return { ...actorOfUser(user, 'basic', address), sessionKey: passwordMark(user.passwordHash) }
}
