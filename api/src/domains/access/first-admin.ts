import type { App } from '../../base/app.ts'
import { newId } from '../../base/ids.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { record } from '../audit/store.ts'
import { systemActor } from './model.ts'
import { checkNewPassword, generatePassword, hashPassword } from './passwords.ts'
import { hasUsers, insertUser } from './store/user.ts'

export interface FirstAdmin {
  readonly name: string
  /** Absent when the configuration gave the password: then nobody needs to be told. */
  readonly password: string | undefined
}

/**
 * Makes the user `admin` in an installation that has no user yet; `undefined` in every other. The generated password is only
 * in the answer: print it once. Of two starts at the same moment one makes him.
 */
export async function ensureFirstAdmin(app: App): Promise<FirstAdmin | undefined> {
  if (await hasUsers(app.sql)) return undefined
  const name = 'admin'
  const given = app.config.adminPassword
  if (given !== undefined) checkNewPassword(given, name)
  const generated = given === undefined ? generatePassword() : undefined
  const passwordHash = await hashPassword(given ?? (generated as string))
  const made = await inTransaction(app.sql, async (tx) => {
    const user = await insertUser(tx, {
      id: newId(),
      name,
      fullName: null,
      roles: ['admin'],
      groups: [],
      passwordHash,
      passwordExpired: false,
      createdAt: app.clock.now(),
    })
    if (user === undefined) return false
    await record(tx, systemActor, [
      {
        action: 'user.create',
        subjectType: 'user',
        subjectId: user.id,
        details: { name, roles: user.roles, by: 'first start' },
      },
    ])
    return true
  })
  return made ? { name, password: generated } : undefined
}
