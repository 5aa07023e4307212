import type { App } from '../../base/app.ts'
import { actorOfUser } from './actor.ts'
import { isIn, type RequestFacts } from './address.ts'
import { welcome } from './authenticator.ts'
import type { Actor } from './model.ts'
import { isUserName, normalName } from './names.ts'
import { findUserByName } from './store/user.ts'

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
  const user = (await findUserByName(app.sql, name)) ?? (await welcome(app, name, 'x-remote-user'))
  if (user === undefined || user.disabledAt !== null) return undefined
  return actorOfUser(user, 'header', address)
}
