import { type Permission, type Role, roles } from '@stint/schema/words'
import { type Actor, permissionsOf, type SignInWay } from './model.ts'
import type { TokenOwner } from './store/api-token.ts'
import type { SessionRow } from './store/session.ts'
import type { UserRow } from './store/user.ts'
import { hashSecret } from './tokens.ts'

/** A role that a newer release wrote means nothing here, and nothing is allowed by it. */
function knownRoles(names: readonly string[]): Role[] {
  return roles.filter((role) => names.includes(role))
}

/** The user of this row, as he may act now. */
export function actorOfUser(user: UserRow, via: SignInWay, address: string): Actor {
  const mine = knownRoles(user.roles)
  return {
    userId: user.id,
    name: user.name,
    fullName: user.fullName,
    groups: user.groups,
    roles: mine,
    permissions: permissionsOf(mine),
    via,
    address,
    passwordExpired: user.passwordExpired,
  }
}

export function actorOfSession(row: SessionRow, sessionKey: string, address: string): Actor {
  return { ...actorOfUser(row, row.via, address), sessionKey, expiresAt: row.sessionExpiresAt }
}

/** What the token names and its user still has, both. */
export function actorOfToken(owner: TokenOwner, address: string): Actor {
  const actor = actorOfUser(owner, 'token', address)
  const named = new Set<Permission>(owner.tokenPermissions)
  return {
    ...actor,
    permissions: new Set([...actor.permissions].filter((permission) => named.has(permission))),
    sessionKey: owner.tokenId,
    expiresAt: owner.tokenExpiresAt,
  }
}

/** Names the password that was given without telling anything about it: a new password is a new mark. */
export function passwordMark(passwordHash: string): string {
  return hashSecret(passwordHash).toString('base64url')
}
