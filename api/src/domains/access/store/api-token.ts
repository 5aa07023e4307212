import type { Permission } from '@stint/schema/words'
import type postgres from 'postgres'
import type { AnySql } from '../../../postgres/connect.ts'
import { type UserRow, userColumns } from './user.ts'

export interface ApiToken {
  readonly id: string
  readonly userId: string
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

export interface TokenOwner extends UserRow {
  readonly tokenId: string
  readonly tokenPermissions: readonly Permission[]
  readonly tokenExpiresAt: Date
  readonly tokenLastUsedAt: Date | null
}

function tokenColumns(sql: AnySql): postgres.Fragment {
  return sql`id, user_id, name, permissions, created_at, expires_at, last_used_at, revoked_at`
}

export async function insertApiToken(
  tx: AnySql,
  token: Omit<ApiToken, 'lastUsedAt' | 'revokedAt'> & { tokenHash: Buffer },
): Promise<ApiToken> {
  const [row] = await tx<ApiToken[]>`
    -- insertApiToken
    insert into api_token (id, user_id, name, token_hash, permissions, created_at, expires_at)
    values (
      ${token.id}, ${token.userId}, ${token.name}, ${token.tokenHash},
      ${[...token.permissions]}, ${token.createdAt}, ${token.expiresAt}
    )
    returning ${tokenColumns(tx)}
  `
  return row as ApiToken
}

/** The token with its user, found by the hash of the secret or by id; not when it ended, was revoked, or the user is disabled. */
export async function findTokenOwner(
  sql: AnySql,
  by: { tokenHash: Buffer } | { id: string },
  now: Date,
): Promise<TokenOwner | undefined> {
  const [row] = await sql<TokenOwner[]>`
    -- findTokenOwner
    select
      ${userColumns(sql)},
      api_token.id as token_id,
      api_token.permissions as token_permissions,
      api_token.expires_at as token_expires_at,
      api_token.last_used_at as token_last_used_at
    from api_token
    join user_account on user_account.id = api_token.user_id
    where ${'id' in by ? sql`api_token.id = ${by.id}` : sql`api_token.token_hash = ${by.tokenHash}`}
      and api_token.expires_at > ${now}
      and api_token.revoked_at is null
      and user_account.disabled_at is null
  `
  return row
}

export async function touchApiToken(sql: AnySql, id: string, now: Date): Promise<void> {
  await sql`
    -- touchApiToken
    update api_token set last_used_at = ${now} where id = ${id}
  `
}

/** Of one user, newest first, with those that ended or were revoked: at most a thousand. */
export function listApiTokens(sql: AnySql, userId: string): Promise<ApiToken[]> {
  return sql<ApiToken[]>`
    -- listApiTokens
    select ${tokenColumns(sql)} from api_token where user_id = ${userId} order by id desc limit 1000
  `
}

/** Locks the token until the transaction ends. */
export async function lockApiToken(tx: AnySql, id: string): Promise<ApiToken | undefined> {
  const [row] = await tx<ApiToken[]>`
    -- lockApiToken
    select ${tokenColumns(tx)} from api_token where id = ${id} for update
  `
  return row
}

export async function revokeApiToken(tx: AnySql, id: string, at: Date): Promise<void> {
  await tx`
    -- revokeApiToken
    update api_token set revoked_at = ${at} where id = ${id} and revoked_at is null
  `
}
