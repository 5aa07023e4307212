import { appendFileSync } from 'node:fs'
import type { Role } from '@stint/schema/words'
import type { App } from '../../../base/app.ts'
import { Problem } from '../../../base/problem.ts'
import { ensureFirstAdmin } from '../../../domains/access/first-admin.ts'
import { systemActor } from '../../../domains/access/model.ts'
import { checkNewPassword, generatePassword } from '../../../domains/access/passwords.ts'
import { findUserByName } from '../../../domains/access/store/user.ts'
import { createUser } from '../../../domains/access/users.ts'
import { Refusal } from '../../refusal.ts'
import type { Plan, PlannedUser } from './plan.ts'

type Made = (name: string, password: string) => void

export interface PasswordRules {
  /** Passwords of basic-auth go on working; otherwise each is changed at the first sign-in. */
  readonly keepPasswords?: boolean
  /** Where the passwords are written that are made for those who would have none. */
  readonly passwordFile?: string
}

/** Makes those who are not there yet; a password that was made is in the file before anybody has it. */
export async function applyUsers(plan: Plan, app: App, rules: PasswordRules): Promise<void> {
  if (rules.passwordFile !== undefined) demandWritable(rules.passwordFile)
  const made: Made = (name, password) => {
    if (rules.passwordFile === undefined) process.stderr.write(`The password of ${name}: ${password}\n`)
    else appendFileSync(rules.passwordFile, `${name}: ${password}\n`)
  }
  if (plan.users.size > 0) await keepTheDoorOpen(plan, app, made)
  for (const user of plan.users.values()) await applyUser(plan, app, user, rules, made)
}

/** For its owner only. */
function demandWritable(file: string): void {
  try {
    appendFileSync(file, '', { mode: 0o600 })
  } catch (error) {
    throw new Refusal(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code}.`)
  }
}

/** An installation with users makes no first administrator any more: without one among these nobody could sign in. */
async function keepTheDoorOpen(plan: Plan, app: App, made: Made): Promise<void> {
  if ([...plan.users.values()].some((user) => user.isAdmin && isUsable(user))) return
  const first = await ensureFirstAdmin(app)
  if (first?.password !== undefined) made(first.name, first.password)
}

function isUsable({ name, password }: PlannedUser): boolean {
  if (password === undefined) return false
  try {
    checkNewPassword(password, name)
    return true
  } catch {
    return false
  }
}

async function applyUser(
  plan: Plan,
  app: App,
  user: PlannedUser,
  rules: PasswordRules,
  made: Made,
): Promise<void> {
  const { name, isAdmin } = user
  const say = (verdict: 'person' | 'kept' | 'converted', message: string) =>
    plan.journal.note('users', verdict, message, { key: name })
  const own = isUsable(user) ? user.password : undefined
  const password = own ?? (rules.passwordFile === undefined ? undefined : generatePassword())
  try {
    await create(app, user, password, rules.keepPasswords === true && own !== undefined)
    if (own !== undefined) return
    const why = user.password === undefined ? 'Has no password' : 'Has a password that is too weak here'
    if (password === undefined)
      return say('person', `${why}: comes through your proxy, or gets one with --password-file.`)
    made(name, password)
    say('person', `${why}: one was made, to be handed over and changed at the first sign-in.`)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.code !== 'name-taken') return say('person', error.message)
    const roles = (await findUserByName(app.sql, name))?.roles ?? []
    if (isAdmin && !roles.includes('admin'))
      say('person', 'Is there already, without the role admin: give it.')
    else say('kept', 'Is there already, and was left.')
  }
}

async function create(
  app: App,
  { isAdmin, name, groups }: PlannedUser,
  password: string | undefined,
  isOwnPassword: boolean,
): Promise<void> {
  const roles: Role[] = [isAdmin ? 'admin' : 'resolver']
  await createUser(app, systemActor, { name, roles, groups, password: password ?? null, isOwnPassword })
}
