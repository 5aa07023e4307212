import { describe, expect, test } from 'vitest'
import { encodeCursor } from '../../base/page.ts'
import { testClock } from '../../testing/clock.ts'
import { testDatabase } from '../../testing/database.ts'
import { listAudit } from '../audit/store.ts'
import { settingNames } from '../settings/model.ts'
import { pageOfAudit } from './audit.ts'
import { ensureFirstAdmin } from './first-admin.ts'
import { type Actor, permissionsOf } from './model.ts'
import { verifyPassword } from './passwords.ts'
import { updateSetting, viewSettings } from './settings.ts'
import { findUserByName } from './store/user.ts'
import { createUser, pageOfUsers, updateUser, usersById } from './users.ts'

const { app: base, sql } = await testDatabase()
const app = { ...base, clock: testClock() }

const made = await Promise.all([ensureFirstAdmin(app), ensureFirstAdmin(app), ensureFirstAdmin(app)])
const first = await findUserByName(sql, 'admin')

function as(userId: string, ...roles: Actor['roles']): Actor {
  return { userId, name: 'someone', groups: [], roles, permissions: permissionsOf(roles), via: 'session' }
}
const admin = as(first?.id ?? '', 'admin')
const operator = as('019aa000-0000-7000-8000-000000000002', 'operator', 'resolver', 'viewer')

describe('the first administrator', () => {
  test('of three starts at once one makes him, and his password is only in the answer', async () => {
    const [answer, ...others] = made.filter((each) => each !== undefined)
    expect(others).toEqual([])
    expect(answer?.name).toBe('admin')
    expect(first).toMatchObject({ roles: ['admin'], passwordExpired: false, disabledAt: null })
    expect(await verifyPassword(first?.passwordHash ?? null, answer?.password ?? '')).toBe(true)
    const [entry] = await listAudit(sql, { subjectId: first?.id ?? '' }, null, 1)
    expect(entry).toMatchObject({ action: 'user.create', actorName: 'system' })
  })

  test('has the password of the configuration when it names one, and nobody needs to be told', async () => {
    const other = await testDatabase({ adminPassword: 'from the environment' })
    expect(await ensureFirstAdmin(other.app)).toEqual({ name: 'admin', password: undefined })
    const user = await findUserByName(other.sql, 'admin')
    expect(await verifyPassword(user?.passwordHash ?? null, 'from the environment')).toBe(true)
    await other.close()
  })
})

describe('users', () => {
  test('are made by those who manage users, with a name of their own in lower case', async () => {
    const user = await createUser(app, admin, {
      name: 'Ann',
      password: 'a long password',
      roles: ['viewer'],
      groups: ['b', 'a', 'b'],
    })
    expect(user).toMatchObject({ name: 'ann', roles: ['viewer'], groups: ['a', 'b'], passwordExpired: true })
    expect(user).not.toHaveProperty('passwordHash')
    await expect(createUser(app, admin, { name: 'ANN', roles: [] })).rejects.toMatchObject({
      code: 'name-taken',
      details: { name: 'ann' },
    })
    await expect(createUser(app, operator, { name: 'x', roles: [] })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(createUser(app, undefined, { name: 'x', roles: [] })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })

  test.each(['', ' ', 'two words', 'a,b', 'nul\0', 'x'.repeat(101), 'system', 'a:b', 'new\nline'])(
    'cannot be called %j',
    async (name) => {
      await expect(createUser(app, admin, { name, roles: [] })).rejects.toMatchObject({
        code: 'invalid-input',
      })
    },
  )

  test('nobody gives rights that he has not himself', async () => {
    const scoped: Actor = { ...admin, via: 'token', permissions: new Set(['user.manage', 'task.view']) }
    await expect(createUser(app, scoped, { name: 'puppet', roles: ['admin'] })).rejects.toMatchObject({
      code: 'forbidden',
    })
    const puppet = await createUser(app, scoped, { name: 'puppet', roles: [] })
    await expect(updateUser(app, scoped, { userId: puppet.id, roles: ['admin'] })).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(await updateUser(app, scoped, { userId: puppet.id, fullName: 'P' })).toMatchObject({
      fullName: 'P',
      roles: [],
    })
  })

  test('a change is on the record with what was and what is; no change is not', async () => {
    const user = await createUser(app, admin, { name: 'changed', roles: ['viewer'] })
    await updateUser(app, admin, { userId: user.id, roles: ['operator'], groups: [] })
    await updateUser(app, admin, { userId: user.id, roles: ['operator'] })
    const entries = await listAudit(sql, { subjectType: 'user', subjectId: user.id }, null, 10)
    expect(entries.map((entry) => [entry.action, entry.details])).toEqual([
      ['user.update', { roles: { from: ['viewer'], to: ['operator'] } }],
      ['user.create', { name: 'changed', roles: ['viewer'], groups: [] }],
    ])
  })

  test('come in pages by name', async () => {
    const names: string[] = []
    let after: string | null = null
    do {
      const page = await pageOfUsers(app, admin, { first: 2, after })
      names.push(...page.items.map((user) => user.name))
      after = page.more ? encodeCursor([page.items.at(-1)?.name ?? '']) : null
    } while (after !== null)
    expect(names).toEqual(['admin', 'ann', 'changed', 'puppet'])
    await expect(pageOfUsers(app, operator, {})).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('others see themselves only', async () => {
    const ann = await findUserByName(sql, 'ann')
    const ids = [first?.id ?? '', ann?.id ?? '', operator.userId]
    expect((await usersById(app, admin, ids)).map((user) => user?.name)).toEqual(['admin', 'ann', undefined])
    expect((await usersById(app, as(ann?.id ?? '', 'viewer'), ids)).map((user) => user?.name)).toEqual([
      undefined,
      'ann',
      undefined,
    ])
    expect(await usersById(app, undefined, ids)).toEqual([undefined, undefined, undefined])
  })
})

describe('the last administrator', () => {
  test('can neither lose the role nor be disabled', async () => {
    for (const change of [{ roles: ['viewer'] as const }, { disabled: true }, { roles: [] }]) {
      await expect(updateUser(app, admin, { userId: admin.userId, ...change })).rejects.toMatchObject({
        code: 'not-allowed-now',
      })
    }
    expect(await findUserByName(sql, 'admin')).toMatchObject({ roles: ['admin'], disabledAt: null })
  })

  test('two who remove each other at the same moment: one stays', async () => {
    const second = await createUser(app, admin, { name: 'second', roles: ['admin'] })
    const answers = await Promise.allSettled([
      updateUser(app, admin, { userId: second.id, roles: [] }),
      updateUser(app, as(second.id, 'admin'), { userId: admin.userId, roles: [] }),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected'])
    const [row] = await sql`select count(*)::int as count from user_account where 'admin' = any(roles)`
    expect(row?.count).toBe(1)
    await sql`update user_account set roles = '{admin}' where id = ${admin.userId}`
  })
})

describe('settings and the record', () => {
  test('settings are seen with setting.view and changed with setting.manage', async () => {
    expect((await viewSettings(app, operator)).length).toBe(settingNames.length)
    await expect(viewSettings(app, as('x', 'viewer'))).rejects.toMatchObject({ code: 'forbidden' })
    const request = { name: 'metrics_from_loopback', value: true }
    await expect(updateSetting(app, operator, request)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await updateSetting(app, admin, request)).toMatchObject({
      name: 'metrics_from_loopback',
      value: true,
      updatedBy: 'someone',
    })
  })

  test('the record is for those with audit.view, in pages', async () => {
    const page = await pageOfAudit(app, admin, { first: 2 })
    expect(page).toMatchObject({ more: true, items: [{ action: 'setting.update' }, {}] })
    const next = await pageOfAudit(app, admin, { first: 2, after: encodeCursor([page.items[1]?.id ?? '']) })
    expect(next.items[0]?.id).not.toBe(page.items[1]?.id)
    await expect(pageOfAudit(app, operator, {})).rejects.toMatchObject({ code: 'forbidden' })
    for (const after of ['x', encodeCursor(['no id']), encodeCursor([1])]) {
      await expect(pageOfAudit(app, admin, { after })).rejects.toMatchObject({ code: 'invalid-cursor' })
    }
  })
})
