import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { record } from '../audit/store.ts'
import { type Actor, demand, demandPerson } from './model.ts'
import { checkNewPassword, hashPassword, verifyPassword } from './passwords.ts'
import { deleteSessionsOf } from './store/session.ts'
import { announceAccess, findUsers, type UserRow, writePassword } from './store/user.ts'
import { beginAttempt } from './throttle.ts'
import { noSuchUser } from './users.ts'

/** The session from which the change came goes on; whoever else knew the old password is out. */
function ownSession(actor: Actor, user: UserRow): Buffer | null {
  const isOwn = actor.userId === user.id && (actor.via === 'session' || actor.via === 'code')
  return isOwn && actor.sessionKey !== undefined ? Buffer.from(actor.sessionKey, 'base64url') : null
}

async function replace(app: App, actor: Actor, user: UserRow, password: string): Promise<void> {
  const hash = await hashPassword(password)
  const expired = actor.userId !== user.id
  await inTransaction(app.sql, async (tx) => {
    await writePassword(tx, { userId: user.id, hash, expired })
    await deleteSessionsOf(tx, user.id, ownSession(actor, user))
    await record(tx, actor, [{ action: 'user.set_password', subjectType: 'user', subjectId: user.id }])
    await announceAccess(tx, user.id)
  })
}

async function userOf(app: App, id: string): Promise<UserRow> {
  const [user] = await findUsers(app.sql, [id])
  if (user === undefined) throw noSuchUser(id)
  return user
}

/**
 * Somebody's password, set by an administrator (user.manage); its owner is then asked to change it. Ends his sessions.
 * Throws `not-found`, `invalid-input`.
 */
export async function setPassword(
  app: App,
  actor: Actor | undefined,
  { userId, password }: { userId: string; password: string },
): Promise<void> {
  demand(actor, 'user.manage')
  demandPerson(actor)
  const user = await userOf(app, userId)
  checkNewPassword(password, user.name)
  await replace(app, actor, user, password)
}

/**
 * One's own password, for everybody who signed in as a person. Ends all other sessions.
 * Throws `sign-in-failed` when the current one is wrong, `invalid-input`, `too-many-attempts`.
 */
export async function changePassword(
  app: App,
  actor: Actor | undefined,
  { current, next }: { current: string; next: string },
): Promise<void> {
  demandPerson(actor)
  const user = await userOf(app, actor.userId)
  checkNewPassword(next, user.name)
  const attempt = await beginAttempt(app, user.name, actor.address ?? '')
  if (!(await verifyPassword(user.passwordHash, current))) {
    throw new Problem('sign-in-failed', 'The current password is wrong.')
  }
  await attempt.succeeded()
  await replace(app, actor, user, next)
}
