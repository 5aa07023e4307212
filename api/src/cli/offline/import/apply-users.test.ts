import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { verifyPassword } from '../../../domains/access/passwords.ts'
import { findUserByName } from '../../../domains/access/store/user.ts'
import { testDatabase } from '../../../testing/database.ts'
import { applyUsers } from './apply-users.ts'
import { Journal } from './journal.ts'
import { addUser, emptyPlan } from './plan.ts'

const { app, sql } = await testDatabase()
const root = mkdtempSync(join(tmpdir(), 'stint-users-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const printed: string[] = []
vi.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0)
beforeEach(async () => {
  printed.length = 0
  await sql`delete from user_account`
})

function planned() {
  const plan = emptyPlan(new Journal())
  addUser(plan, 'admin', { isAdmin: true, password: '1234' })
  addUser(plan, 'ada', { password: 'a long enough password' })
  addUser(plan, 'bob', { password: 'short' })
  addUser(plan, 'eve', {})
  return plan
}

const userOf = async (name: string) => {
  const user = await findUserByName(app.sql, name)
  const isRight = async (password: string) => verifyPassword(user?.passwordHash ?? null, password)
  return {
    expired: user?.passwordExpired,
    hasPassword: user?.passwordHash !== null,
    roles: user?.roles,
    isRight,
  }
}

test('passwords are to be changed, too weak ones are left out, and an administrator can sign in', async () => {
  const plan = planned()
  await applyUsers(plan, app, {})
  expect(await userOf('ada')).toMatchObject({ expired: true, hasPassword: true })
  expect(await userOf('bob')).toMatchObject({ hasPassword: false })
  expect(plan.journal.entries.map(({ key, verdict }) => `${key} ${verdict}`)).toEqual([
    'admin kept',
    'bob person',
    'eve person',
  ])
  const password = /^The password of admin: (\S+)\n$/.exec(printed.join(''))?.[1]
  const admin = await userOf('admin')
  expect(admin.roles).toEqual(['admin'])
  expect(await admin.isRight(password ?? '')).toBe(true)
})

test('passwords can stay as they are, and made ones are written for their owner only', async () => {
  const plan = planned()
  const passwordFile = join(root, 'passwords')
  await applyUsers(plan, app, { keepPasswords: true, passwordFile })
  expect(printed).toEqual([])
  expect(await userOf('ada')).toMatchObject({ expired: false })
  expect(await (await userOf('ada')).isRight('a long enough password')).toBe(true)
  expect(statSync(passwordFile).mode & 0o777).toBe(0o600)
  const made = new Map(
    readFileSync(passwordFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(': ') as [string, string]),
  )
  expect([...made.keys()]).toEqual(['admin', 'bob', 'eve'])
  for (const [name, password] of made) expect(await (await userOf(name)).isRight(password)).toBe(true)
  expect(await userOf('bob')).toMatchObject({ expired: true })
})

test('a file that cannot be written ends it before anybody is made', async () => {
  const passwordFile = join(root, 'nowhere', 'passwords')
  await expect(applyUsers(planned(), app, { passwordFile })).rejects.toThrow('ENOENT')
  expect(await findUserByName(app.sql, 'ada')).toBeUndefined()
})
