import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { record } from '../audit/store.ts'
import { readSettings } from '../settings/read.ts'
import { actorOfUser } from './actor.ts'
import { clientAddress, isLoopback, type RequestFacts } from './address.ts'
import { cookieOf } from './authenticate.ts'
import type { Actor } from './model.ts'
import { isUserName, normalName } from './names.ts'
import { verifyPassword } from './passwords.ts'
import { deleteSession, insertSession, insertSignInCode, takeSignInCode } from './store/session.ts'
import {
  announceAccess,
  findUserByName,
  findUsers,
  firstAdmin,
  noteSignIn,
  type UserRow,
} from './store/user.ts'
import { beginAttempt, beginCodeAttempt } from './throttle.ts'
import { hashSecret, newSecret } from './tokens.ts'

export interface OpenedSession {
  /** For the cookie; shown once and stored nowhere. */
  readonly secret: string
  readonly expiresAt: Date
  readonly actor: Actor
}

type Way = 'session' | 'code'

/**
 * Always a new secret: one that was put into the browser before the sign-in (session fixation) is worth nothing after it,
 * and the session it may have named ends.
 */
async function openSession(app: App, facts: RequestFacts, user: UserRow, via: Way): Promise<OpenedSession> {
  const secret = newSecret()
  const tokenHash = hashSecret(secret)
  const address = clientAddress(facts, app.config.trustedProxies)
  const createdAt = app.clock.now()
  const { session_max_hours } = await readSettings(app)
  const expiresAt = new Date(createdAt.getTime() + session_max_hours * 3_600_000)
  const session = {
    ...actorOfUser(user, via, address),
    sessionKey: tokenHash.toString('base64url'),
    expiresAt,
  }
  const before = cookieOf(facts)
  await inTransaction(app.sql, async (tx) => {
    if (before !== undefined) await endSession(tx, hashSecret(before))
    const userAgent = facts.headers.get('user-agent')?.slice(0, 500) ?? null
    await insertSession(tx, { tokenHash, userId: user.id, createdAt, expiresAt, address, userAgent, via })
    await noteSignIn(tx, user.id, createdAt)
    await record(tx, session, [
      { action: 'user.sign_in', subjectType: 'user', subjectId: user.id, details: { via } },
    ])
  })
  return { secret, expiresAt, actor: session }
}

async function endSession(tx: Parameters<typeof deleteSession>[0], tokenHash: Buffer): Promise<void> {
  const userId = await deleteSession(tx, tokenHash)
  if (userId !== undefined) await announceAccess(tx, userId)
}

/**
 * Opens a session with name and password. Throws `sign-in-failed` whatever was wrong, after the same time and the same work,
 * and `too-many-attempts`.
 */
export async function signIn(
  app: App,
  facts: RequestFacts,
  given: { name: string; password: string },
): Promise<OpenedSession> {
  const name = normalName(given.name)
  const address = clientAddress(facts, app.config.trustedProxies)
  const attempt = await beginAttempt(app, name, address)
  const user = isUserName(name) ? await findUserByName(app.sql, name) : undefined
  const isRight = await verifyPassword(user?.passwordHash ?? null, given.password)
  if (!isRight || user === undefined || user.disabledAt !== null) {
    app.log.warn({ address }, 'A sign-in failed.')
    throw new Problem('sign-in-failed', 'Name or password is wrong.')
  }
  await attempt.succeeded()
  return openSession(app, facts, user, 'session')
}

/** Opens a session with the code of a sign-in link, which is then used up. Throws `sign-in-code-used`, `too-many-attempts`. */
export async function signInWithCode(app: App, facts: RequestFacts, code: string): Promise<OpenedSession> {
  const address = clientAddress(facts, app.config.trustedProxies)
  const attempt = await beginCodeAttempt(app, address)
  const userId = await takeSignInCode(app.sql, hashSecret(code), app.clock.now())
  const [user] = userId === undefined ? [] : await findUsers(app.sql, [userId])
  if (user === undefined || user.disabledAt !== null) {
    app.log.warn({ address }, 'A sign-in link was refused.')
    throw new Problem(
      'sign-in-code-used',
      'This sign-in link was used or is too old; sign in with name and password.',
    )
  }
  await attempt.succeeded()
  return openSession(app, facts, user, 'code')
}

/** Ends the session that the browser sent, if there is one; its open subscriptions end with it. */
export async function signOut(app: App, actor: Actor): Promise<void> {
  if ((actor.via !== 'session' && actor.via !== 'code') || actor.sessionKey === undefined) return
  const tokenHash = Buffer.from(actor.sessionKey, 'base64url')
  await inTransaction(app.sql, async (tx) => {
    await endSession(tx, tokenHash)
    await record(tx, actor, [{ action: 'user.sign_out', subjectType: 'user', subjectId: actor.userId }])
  })
}

/**
 * A link that signs in the first administrator once, for the person who started the server and reads its output.
 * Only for a server that listens on loopback: `undefined` for every other, and when there is no administrator.
 */
export async function mintSignInLink(app: App, origin: string): Promise<string | undefined> {
  const host = app.config.host
  if (host !== 'localhost' && !isLoopback(host)) return undefined
  const user = await firstAdmin(app.sql)
  if (user === undefined) return undefined
  const { sign_in_code_minutes } = await readSettings(app)
  const code = newSecret()
  const now = app.clock.now()
  const expiresAt = new Date(now.getTime() + sign_in_code_minutes * 60_000)
  await inTransaction(app.sql, (tx) =>
    insertSignInCode(tx, { codeHash: hashSecret(code), userId: user.id, now, expiresAt }),
  )
  return `${origin}/sign-in?code=${code}`
}
