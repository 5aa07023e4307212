import type { AnySql } from '../../../postgres/connect.ts'
import { type UserRow, userColumns } from './user.ts'

export interface SessionRow extends UserRow {
  readonly sessionExpiresAt: Date
  readonly lastSeenAt: Date
  readonly via: 'session' | 'code'
}

export interface NewSession {
  readonly tokenHash: Buffer
  readonly userId: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly address: string
  readonly userAgent: string | null
  readonly via: 'session' | 'code'
}

/** Ended sessions are swept here: the table grows with sign-ins only, so that is when it must shrink. */
export async function insertSession(tx: AnySql, session: NewSession): Promise<void> {
  await tx`
    -- sweepSessions
    delete from session where expires_at <= ${session.createdAt}
  `
  await tx`
    -- insertSession
    insert into session
      (token_hash, user_id, created_at, expires_at, last_seen_at, address, user_agent, via)
    values (
      ${session.tokenHash}, ${session.userId}, ${session.createdAt}, ${session.expiresAt},
      ${session.createdAt}, ${session.address}, ${session.userAgent}, ${session.via}
    )
  `
}

/** The session and its user, unless it ended, lay idle since before `seenAfter`, or the user is disabled. */
export async function findSession(
  sql: AnySql,
  tokenHash: Buffer,
  { now, seenAfter }: { now: Date; seenAfter: Date },
): Promise<SessionRow | undefined> {
  const [row] = await sql<SessionRow[]>`
    -- findSession
    select
      ${userColumns(sql)},
      session.expires_at as session_expires_at,
      session.last_seen_at,
      session.via
    from session
    join user_account on user_account.id = session.user_id
    where session.token_hash = ${tokenHash}
      and session.expires_at > ${now}
      and session.last_seen_at > ${seenAfter}
      and user_account.disabled_at is null
  `
  return row
}

export async function touchSession(sql: AnySql, tokenHash: Buffer, now: Date): Promise<void> {
  await sql`
    -- touchSession
    update session set last_seen_at = ${now} where token_hash = ${tokenHash} and last_seen_at < ${now}
  `
}

/** The user whose session it was; `undefined` when there was none. */
export async function deleteSession(tx: AnySql, tokenHash: Buffer): Promise<string | undefined> {
  const [row] = await tx<{ userId: string }[]>`
    -- deleteSession
    delete from session where token_hash = ${tokenHash} returning user_id
  `
  return row?.userId
}

/** All sessions of a user but the one to keep. */
export async function deleteSessionsOf(tx: AnySql, userId: string, keep: Buffer | null): Promise<void> {
  await tx`
    -- deleteSessionsOf
    delete from session where user_id = ${userId} and (${keep}::bytea is null or token_hash <> ${keep})
  `
}

export async function insertSignInCode(
  tx: AnySql,
  code: { codeHash: Buffer; userId: string; now: Date; expiresAt: Date },
): Promise<void> {
  await tx`
    -- sweepSignInCodes
    delete from sign_in_code where expires_at <= ${code.now}
  `
  await tx`
    -- insertSignInCode
    insert into sign_in_code (code_hash, user_id, expires_at)
    values (${code.codeHash}, ${code.userId}, ${code.expiresAt})
  `
}

/** Uses the code up, for one caller of many: the user it stands for, or `undefined` when it is unknown, over or used. */
export async function takeSignInCode(tx: AnySql, codeHash: Buffer, now: Date): Promise<string | undefined> {
  const [row] = await tx<{ userId: string }[]>`
    -- takeSignInCode
    update sign_in_code
    set used_at = ${now}
    where code_hash = ${codeHash} and used_at is null and expires_at > ${now}
    returning user_id
  `
  return row?.userId
}
