import { limits } from '@stint/schema/limits'
import type { Permission } from '@stint/schema/words'
import type { App } from '../../base/app.ts'
import { newId } from '../../base/ids.ts'
import { Problem } from '../../base/problem.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { record } from '../audit/store.ts'
import { readSettings } from '../settings/read.ts'
import { type Actor, can, demandPerson, refused } from './model.ts'
import {
  type ApiToken,
  insertApiToken,
  listApiTokens,
  lockApiToken,
  revokeApiToken as storeRevocation,
} from './store/api-token.ts'
import { announceAccess } from './store/user.ts'
import { hashSecret, newApiToken } from './tokens.ts'

export interface TokenRequest {
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly expiresInDays: number
}

function invalid(name: string, message: string): Problem {
  return new Problem('invalid-input', message, { details: { fields: [{ name, message }] } })
}

async function checkRequest(app: App, actor: Actor, request: TokenRequest): Promise<void> {
  const { api_token_max_days: maxDays } = await readSettings(app)
  const { name, permissions, expiresInDays: days } = request
  if (name.trim() === '' || name.length > limits.userNameLengthMax) {
    throw invalid('name', `A name has 1 to ${limits.userNameLengthMax} characters.`)
  }
  if (permissions.length === 0) throw invalid('permissions', 'Name at least one permission.')
  if (!Number.isInteger(days) || days < 1 || days > maxDays) {
    throw invalid('expiresInDays', `A token lasts 1 to ${maxDays} days.`)
  }
  const missing = permissions.find((permission) => !can(actor, permission))
  if (missing !== undefined) throw refused(missing)
}

/**
 * A token for scripts that may at most what its maker may, now and later. The secret is only in this answer.
 * Made by persons: a token cannot make another one, or a stolen one would outlive its end. Throws `invalid-input`, `forbidden`.
 */
export async function createApiToken(
  app: App,
  actor: Actor | undefined,
  request: TokenRequest,
): Promise<{ token: ApiToken; secret: string }> {
  demandPerson(actor)
  await checkRequest(app, actor, request)
  const secret = newApiToken()
  const createdAt = app.clock.now()
  const permissions = [...new Set(request.permissions)].sort()
  const expiresAt = new Date(createdAt.getTime() + request.expiresInDays * 86_400_000)
  const token = await inTransaction(app.sql, async (tx) => {
    const made = await insertApiToken(tx, {
      id: newId(),
      userId: actor.userId,
      name: request.name.trim(),
      tokenHash: hashSecret(secret),
      permissions,
      createdAt,
      expiresAt,
    })
    await record(tx, actor, [
      {
        action: 'api_token.create',
        subjectType: 'api_token',
        subjectId: made.id,
        details: { name: made.name, permissions, expiresAt },
      },
    ])
    return made
  })
  return { token, secret }
}

/** One's own, newest first, with those that are over. Nobody has none. */
export async function ownApiTokens(app: App, actor: Actor | undefined): Promise<ApiToken[]> {
  return actor === undefined ? [] : listApiTokens(app.sql, actor.userId)
}

/**
 * At once and for good: one's own, or anybody's with user.manage. A token may revoke itself and nothing else of its user's.
 * Throws `not-found`, also for tokens one may not know of.
 */
export async function revokeApiToken(app: App, actor: Actor | undefined, id: string): Promise<ApiToken> {
  if (actor === undefined) throw new Problem('unauthenticated', 'Sign in first, or send an API token.')
  return inTransaction(app.sql, async (tx) => {
    const token = await lockApiToken(tx, id)
    const isOwn = token?.userId === actor.userId && (actor.via !== 'token' || actor.sessionKey === id)
    if (token === undefined || !(isOwn || can(actor, 'user.manage'))) {
      throw new Problem('not-found', 'There is no such token.', { details: { type: 'ApiToken', id } })
    }
    if (token.revokedAt !== null) return token
    const revokedAt = app.clock.now()
    await storeRevocation(tx, id, revokedAt)
    await record(tx, actor, [
      {
        action: 'api_token.revoke',
        subjectType: 'api_token',
        subjectId: id,
        details: { name: token.name, userId: token.userId },
      },
    ])
    await announceAccess(tx, token.userId)
    return { ...token, revokedAt }
  })
}
