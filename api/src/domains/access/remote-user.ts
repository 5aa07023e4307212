import type { App } from '../../base/app.ts'
import { newId } from '../../base/ids.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { record } from '../audit/store.ts'
import { readSettings } from '../settings/read.ts'
import { actorOfUser } from './actor.ts'
import { isIn, type RequestFacts } from './address.ts'
import { type Actor, systemActor } from './model.ts'
import { isUserName, normalName } from './names.ts'
import { findUserByName, insertUser, type UserRow } from './store/user.ts'

/** The first sight of a person makes the user; the setting remote_user_role says what he may, or that strangers stay out. */
async function welcome(app: App, name: string): Promise<UserRow | undefined> {
  const { remote_user_role } = await readSettings(app)
  if (remote_user_role === 'none') return undefined
  const made = await inTransaction(app.sql, async (tx) => {
    const user = await insertUser(tx, {
      id: newId(),
      name,
      fullName: null,
      roles: [remote_user_role],
      groups: [],
      passwordHash: null,
      passwordExpired: false,
      createdAt: app.clock.now(),
    })
    if (user === undefined) return undefined
    await record(tx, systemActor, [
      {
        action: 'user.create',
        subjectType: 'user',
        subjectId: user.id,
        details: { name, roles: user.roles, by: 'x-remote-user' },
      },
    ])
    return user
  })
  // Another request made him at the same moment.
  return made ?? findUserByName(app.sql, name)
}

/**
 * Believes `x-remote-user` when the other end of the socket is a proxy of the configuration, and looks at it from nobody else.
 * `not-asked` when the header says nothing to us; `undefined` when it names somebody who may not come in.
 */
export async function actorByRemoteUser(
  app: App,
  facts: RequestFacts,
  address: string,
): Promise<Actor | undefined | 'not-asked'> {
  const header = facts.headers.get('x-remote-user')
  if (header === null || header.trim() === '') return 'not-asked'
  if (!isIn(app.config.trustedProxies, facts.remoteAddress)) return 'not-asked'
  const name = normalName(header)
  if (!isUserName(name)) return undefined
  const user = (await findUserByName(app.sql, name)) ?? (await welcome(app, name))
  if (user === undefined || user.disabledAt !== null) return undefined
  return actorOfUser(user, 'header', address)
}
