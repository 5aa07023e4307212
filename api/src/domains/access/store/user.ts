import type { Role } from '@stint/schema/words'
import type postgres from 'postgres'
import type { AnySql } from '../../../postgres/connect.ts'
import { channels } from '../../../postgres/listen.ts'

export interface UserRow {
  readonly id: string
  readonly name: string
  readonly fullName: string | null
  readonly roles: readonly Role[]
  readonly groups: readonly string[]
  readonly passwordHash: string | null
  readonly passwordExpired: boolean
  readonly disabledAt: Date | null
  readonly createdAt: Date
  readonly lastSignInAt: Date | null
}

/** The columns of a `UserRow`, for joins too. */
export function userColumns(sql: AnySql): postgres.Fragment {
  return sql`
    user_account.id,
    user_account.name,
    user_account.full_name,
    user_account.roles,
    user_account.groups,
    user_account.password_hash,
    user_account.password_expired,
    user_account.disabled_at,
    user_account.created_at,
    user_account.last_sign_in_at
  `
}

export async function findUserByName(sql: AnySql, name: string): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    -- findUserByName
    select ${userColumns(sql)} from user_account where lower(name) = ${name}
  `
  return row
}

/** In no order; ids that are not there are left out. */
export function findUsers(sql: AnySql, ids: readonly string[]): Promise<UserRow[]> {
  return sql<UserRow[]>`
    -- findUsers
    select ${userColumns(sql)} from user_account where id = any(${[...ids]}::uuid[])
  `
}

/** By name, beginning after `afterName`. */
export function listUsers(sql: AnySql, afterName: string | null, limit: number): Promise<UserRow[]> {
  return sql<UserRow[]>`
    -- listUsers
    select ${userColumns(sql)}
    from user_account
    where ${afterName}::text is null or lower(name) > ${afterName}
    order by lower(name)
    limit ${limit}
  `
}

export interface NewUser {
  readonly id: string
  readonly name: string
  readonly fullName: string | null
  readonly roles: readonly Role[]
  readonly groups: readonly string[]
  readonly passwordHash: string | null
  readonly passwordExpired: boolean
  readonly createdAt: Date
}

/** `undefined` when the name is taken. */
export async function insertUser(tx: AnySql, user: NewUser): Promise<UserRow | undefined> {
  const [row] = await tx<UserRow[]>`
    -- insertUser
    insert into user_account
      (id, name, full_name, roles, groups, password_hash, password_expired, created_at)
    values (
      ${user.id}, ${user.name}, ${user.fullName}, ${[...user.roles]}, ${[...user.groups]},
      ${user.passwordHash}, ${user.passwordExpired}, ${user.createdAt}
    )
    on conflict (lower(name)) do nothing
    returning ${userColumns(tx)}
  `
  return row
}

/** Locks the user until the transaction ends. */
export async function lockUser(tx: AnySql, id: string): Promise<UserRow | undefined> {
  const [row] = await tx<UserRow[]>`
    -- lockUser
    select ${userColumns(tx)} from user_account where id = ${id} for no key update
  `
  return row
}

/**
 * Locks everybody who is an administrator and may sign in, in id order, and gives their ids. Taken before a change of roles,
 * so that two administrators cannot each remove the other at the same moment.
 */
export async function lockAdmins(tx: AnySql): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    -- lockAdmins
    select id from user_account
    where 'admin' = any(roles) and disabled_at is null
    order by id
    for no key update
  `
  return rows.map((row) => row.id)
}

export type UserChange = Partial<Pick<UserRow, 'fullName' | 'roles' | 'groups' | 'disabledAt'>>

/** The user must be there and locked. Fields that are absent stay as they are. */
export async function updateUser(tx: AnySql, user: UserRow, change: UserChange): Promise<UserRow> {
  const next = { ...user, ...change }
  const [row] = await tx<UserRow[]>`
    -- updateUser
    update user_account
    set
      full_name = ${next.fullName},
      roles = ${[...next.roles]},
      groups = ${[...next.groups]},
      disabled_at = ${next.disabledAt}
    where id = ${user.id}
    returning ${userColumns(tx)}
  `
  return row as UserRow
}

export async function writePassword(
  tx: AnySql,
  password: { userId: string; hash: string; expired: boolean },
): Promise<void> {
  await tx`
    -- writePassword
    update user_account
    set password_hash = ${password.hash}, password_expired = ${password.expired}
    where id = ${password.userId}
  `
}

export async function noteSignIn(tx: AnySql, userId: string, at: Date): Promise<void> {
  await tx`
    -- noteSignIn
    update user_account set last_sign_in_at = ${at} where id = ${userId}
  `
}

export async function hasUsers(sql: AnySql): Promise<boolean> {
  const [row] = await sql<{ any: boolean }[]>`
    -- hasUsers
    select exists (select from user_account) as any
  `
  return row?.any ?? false
}

/** The administrator who was made first and may still sign in. */
export async function firstAdmin(sql: AnySql): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    -- firstAdmin
    select ${userColumns(sql)}
    from user_account
    where 'admin' = any(roles) and disabled_at is null
    order by created_at, id
    limit 1
  `
  return row
}

/** Tells every process, with the commit, that the sessions or rights of this user changed. */
export async function announceAccess(tx: AnySql, userId: string): Promise<void> {
  await tx`
    -- announceAccess
    select pg_notify(${channels.access}, ${userId})
  `
}
