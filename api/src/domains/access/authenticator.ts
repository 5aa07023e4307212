import type { App } from '../../base/app.ts'
import { newId } from '../../base/ids.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { record } from '../audit/store.ts'
import { readSettings } from '../settings/read.ts'
import { actorOfUser } from './actor.ts'
import type { RequestFacts } from './address.ts'
import { type Actor, systemActor } from './model.ts'
import { isUserName, normalName } from './names.ts'
import { findUserByName, insertUser, type UserRow, updateUser } from './store/user.ts'

/** What somebody outside says about the sender of a request: who he is, and nothing about what he may. */
export interface Named {
  readonly name: string
  /** His groups from now on; absent: those that he has. */
  readonly groups?: readonly string[]
}

/** What of a request is shown to those who are asked who sent it. */
export interface AskedRequest {
  readonly headers: { get(name: string): string | null }
  readonly remoteAddress: string
}

/** Undefined: this request says nothing to me. What it throws refuses the request. */
export type Authenticator = (request: AskedRequest) => Promise<Named | undefined> | Named | undefined

const authenticators = new WeakMap<App['sql'], Authenticator[]>()

/** From now on also this one is asked, after those that came before it. */
export function addAuthenticator(app: App, authenticator: Authenticator): void {
  authenticators.set(app.sql, [...(authenticators.get(app.sql) ?? []), authenticator])
}

/** The first sight of a person makes the user; the setting remote_user_role says what he may, or that strangers stay out. */
export async function welcome(app: App, name: string, by: string): Promise<UserRow | undefined> {
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
    const details = { name, roles: user.roles, by }
    await record(tx, systemActor, [
      { action: 'user.create', subjectType: 'user', subjectId: user.id, details },
    ])
    return user
  })
  // Another request made him at the same moment.
  return made ?? findUserByName(app.sql, name)
}

/** Groups are kept with the user, so that whoever is connected for long, and whoever lists people, sees the same. */
async function withGroups(app: App, user: UserRow, groups: readonly string[] | undefined): Promise<UserRow> {
  const wanted =
    groups && [...new Set(groups.map((group) => group.trim()).filter((group) => group !== ''))].sort()
  if (wanted === undefined || JSON.stringify([...user.groups].sort()) === JSON.stringify(wanted)) return user
  return inTransaction(app.sql, async (tx) => {
    const changed = await updateUser(tx, user, { groups: wanted })
    const details = { name: user.name, from: { groups: user.groups }, to: { groups: wanted }, by: 'plug-in' }
    await record(tx, systemActor, [
      { action: 'user.update', subjectType: 'user', subjectId: user.id, details },
    ])
    return changed
  })
}

/**
 * Asks the authenticators in order; the first that names somebody counts. `not-asked` when none does; `undefined` when somebody
 * is named who may not come in.
 */
export async function actorByAuthenticators(
  app: App,
  { headers, remoteAddress }: RequestFacts,
  address: string,
): Promise<Actor | undefined | 'not-asked'> {
  for (const ask of authenticators.get(app.sql) ?? []) {
    const named = await ask({ headers, remoteAddress })
    if (named === undefined) continue
    const name = normalName(String(named.name))
    if (!isUserName(name)) return undefined
    const user = (await findUserByName(app.sql, name)) ?? (await welcome(app, name, 'plug-in'))
    if (user === undefined || user.disabledAt !== null) return undefined
    return actorOfUser(await withGroups(app, user, named.groups), 'header', address)
  }
  return 'not-asked'
}
