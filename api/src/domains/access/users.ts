import type { Role } from '@stint/schema/words'
import type { App } from '../../base/app.ts'
import { newId } from '../../base/ids.ts'
import { cutPage, decodeCursor, type Page, pageSize } from '../../base/page.ts'
import { Problem } from '../../base/problem.ts'
import type { AnySql } from '../../postgres/connect.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { record } from '../audit/store.ts'
import { type Actor, can, demand, permissionsOf, refused } from './model.ts'
import { groupNames, userName } from './names.ts'
import { checkNewPassword, hashPassword } from './passwords.ts'
import { deleteSessionsOf } from './store/session.ts'
import {
  announceAccess,
  findUsers,
  insertUser,
  listUsers,
  lockAdmins,
  lockUser,
  updateUser as storeUser,
  type UserChange,
  type UserRow,
} from './store/user.ts'

/** A user as others see him: without his password. */
export type User = Omit<UserRow, 'passwordHash'>

function shown({ passwordHash: _, ...user }: UserRow): User {
  return user
}

/** By name; needs user.manage. */
export async function pageOfUsers(
  app: App,
  actor: Actor | undefined,
  { first, after }: { first?: number | null; after?: string | null },
): Promise<Page<User>> {
  demand(actor, 'user.manage')
  const size = pageSize(first)
  const afterName = after ? String(decodeCursor(after, 1)[0]) : null
  const page = cutPage(await listUsers(app.sql, afterName, size + 1), size)
  return { ...page, items: page.items.map(shown) }
}

/** In the order of `ids`; `undefined` for those that are not there, and for everybody else's when the actor may not see users. */
export async function usersById(
  app: App,
  actor: Actor | undefined,
  ids: readonly string[],
): Promise<(User | undefined)[]> {
  const seen = can(actor, 'user.manage') ? ids : ids.filter((id) => id === actor?.userId)
  const rows = new Map((await findUsers(app.sql, seen)).map((row) => [row.id, shown(row)]))
  return ids.map((id) => rows.get(id))
}

export interface UserRequest {
  readonly name: string
  readonly fullName?: string | null
  /** Absent for somebody who comes through a proxy only. */
  readonly password?: string | null
  /** It is the one that the person already uses; it stays. */
  readonly isOwnPassword?: boolean
  readonly roles: readonly Role[]
  readonly groups?: readonly string[] | null
}

/** Nobody gives what he has not: a token scoped to user.manage cannot make an administrator. */
function demandToGrant(actor: Actor, granted: readonly Role[]): void {
  const missing = [...permissionsOf(granted)].find((permission) => !can(actor, permission))
  if (missing !== undefined) throw refused(missing)
}

/** Needs user.manage and what the roles allow. Throws `invalid-input`, `name-taken`. A password that somebody else chose is to be changed. */
export async function createUser(app: App, actor: Actor | undefined, request: UserRequest): Promise<User> {
  demand(actor, 'user.manage')
  demandToGrant(actor, request.roles)
  const name = userName(request.name)
  const groups = groupNames(request.groups ?? [])
  const password = request.password ?? undefined
  if (password !== undefined) checkNewPassword(password, name)
  const passwordHash = password === undefined ? null : await hashPassword(password)
  return inTransaction(app.sql, async (tx) => {
    const user = await insertUser(tx, {
      id: newId(),
      name,
      fullName: request.fullName ?? null,
      roles: [...new Set(request.roles)],
      groups,
      passwordHash,
      passwordExpired: passwordHash !== null && request.isOwnPassword !== true,
      createdAt: app.clock.now(),
    })
    if (user === undefined)
      throw new Problem('name-taken', `There is a user ${name} already.`, { details: { name } })
    await record(tx, actor, [
      {
        action: 'user.create',
        subjectType: 'user',
        subjectId: user.id,
        details: { name, roles: user.roles, groups },
      },
    ])
    return shown(user)
  })
}

export interface UserUpdate {
  readonly userId: string
  readonly fullName?: string | null
  readonly roles?: readonly Role[] | null
  readonly groups?: readonly string[] | null
  readonly disabled?: boolean | null
}

function changeOf(user: UserRow, update: UserUpdate, now: Date): UserChange {
  return {
    ...(update.fullName === undefined ? {} : { fullName: update.fullName }),
    ...(update.roles ? { roles: [...new Set(update.roles)] } : {}),
    ...(update.groups ? { groups: groupNames(update.groups) } : {}),
    ...(typeof update.disabled === 'boolean'
      ? { disabledAt: update.disabled ? (user.disabledAt ?? now) : null }
      : {}),
  }
}

/** Without an administrator nobody could ever make one again. */
async function keepAnAdmin(tx: AnySql, before: readonly string[]): Promise<void> {
  if (before.length === 0 || (await lockAdmins(tx)).length > 0) return
  throw new Problem('not-allowed-now', 'This is the last administrator; make another one first.', {
    details: { state: 'last-admin', reason: null },
  })
}

function difference(before: UserRow, after: UserRow): Record<string, { from: unknown; to: unknown }> {
  const fields = ['fullName', 'roles', 'groups', 'disabledAt'] as const
  const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  return Object.fromEntries(changed.map((field) => [field, { from: before[field], to: after[field] }]))
}

/**
 * Needs user.manage, and what new roles allow; absent fields stay. Takes effect with the next request of the user, and his open subscriptions are
 * looked at again; a disabled user's sessions end. Throws `not-found`, `invalid-input`, and `not-allowed-now` for the last
 * administrator.
 */
export async function updateUser(app: App, actor: Actor | undefined, update: UserUpdate): Promise<User> {
  demand(actor, 'user.manage')
  return inTransaction(app.sql, async (tx) => {
    const admins = await lockAdmins(tx)
    const user = await lockUser(tx, update.userId)
    if (user === undefined) throw noSuchUser(update.userId)
    const change = changeOf(user, update, app.clock.now())
    const granted = (change.roles ?? []).filter((role) => !user.roles.includes(role))
    demandToGrant(actor, granted)
    const next = await storeUser(tx, user, change)
    await keepAnAdmin(tx, admins)
    const details = difference(user, next)
    if (Object.keys(details).length === 0) return shown(next)
    if (next.disabledAt !== null) await deleteSessionsOf(tx, user.id, null)
    await record(tx, actor, [{ action: 'user.update', subjectType: 'user', subjectId: user.id, details }])
    await announceAccess(tx, user.id)
    return shown(next)
  })
}

export function noSuchUser(id: string): Problem {
  return new Problem('not-found', 'There is no such user.', { details: { type: 'User', id } })
}
