import { describe, expect, test } from 'vitest'
import { Listener } from '../../postgres/listen.ts'
import { testClock } from '../../testing/clock.ts'
import { testDatabase } from '../../testing/database.ts'
import { changeSetting } from '../settings/change.ts'
import { requestFacts } from './address.ts'
import { createApiToken, ownApiTokens, revokeApiToken } from './api-tokens.ts'
import { authenticate, revalidate } from './authenticate.ts'
import { changePassword, setPassword } from './change-password.ts'
import { type Actor, systemActor } from './model.ts'
import { signIn } from './sessions.ts'
import { createUser, updateUser } from './users.ts'

const { app: base, sql, target } = await testDatabase({ trustedProxies: ['10.9.0.0/16', '::1'] })
const clock = testClock()
const app = { ...base, clock }

const from = (headers: Record<string, string> = {}, remote = '192.0.2.9') =>
  requestFacts(new Headers(headers), remote)
const bearer = (secret: string) => from({ authorization: `Bearer ${secret}` })
const basic = (name: string, password: string, headers: Record<string, string> = {}, remote = '127.0.0.1') =>
  from(
    { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`, ...headers },
    remote,
  )

const password = 'a rather long password'
const day = 86_400_000

async function person(name: string, role: 'admin' | 'operator' | 'viewer' | 'resolver'): Promise<Actor> {
  await createUser(app, systemActor, { name, password, roles: [role] })
  return (await signIn(app, from(), { name, password })).actor
}

const ann = await person('ann', 'operator')
const root = await person('root', 'admin')

describe('API tokens', () => {
  test('stand for their user with the permissions they name, and no others', async () => {
    const { secret, token } = await createApiToken(app, ann, {
      name: 'deploy',
      permissions: ['task.create', 'task.view'],
      expiresInDays: 30,
    })
    expect(await authenticate(app, bearer(secret))).toMatchObject({
      userId: ann.userId,
      name: 'ann',
      via: 'token',
      permissions: new Set(['task.view', 'task.create']),
    })
    expect(token).toMatchObject({ name: 'deploy', lastUsedAt: null, revokedAt: null })
    expect(JSON.stringify(await ownApiTokens(app, ann))).not.toContain(secret)
  })

  test('lose what their user loses', async () => {
    const eve = await person('eve', 'operator')
    const { secret } = await createApiToken(app, eve, {
      name: 't',
      permissions: ['task.create'],
      expiresInDays: 1,
    })
    await updateUser(app, root, { userId: eve.userId, roles: ['viewer'] })
    expect((await authenticate(app, bearer(secret)))?.permissions).toEqual(new Set())
    await updateUser(app, root, { userId: eve.userId, disabled: true })
    await expect(authenticate(app, bearer(secret))).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('cannot be made with more than one has, by another token, without an end, or for nothing', async () => {
    const good = { name: 't', permissions: ['task.view'], expiresInDays: 1 } as const
    const { secret } = await createApiToken(app, root, { ...good, permissions: ['user.manage'] })
    const token = await authenticate(app, bearer(secret))
    await expect(createApiToken(app, token, good)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(createApiToken(app, undefined, good)).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(createApiToken(app, ann, { ...good, permissions: ['user.manage'] })).rejects.toMatchObject({
      code: 'forbidden',
      details: { permission: 'user.manage' },
    })
    for (const bad of [{ permissions: [] }, { expiresInDays: 0 }, { expiresInDays: 366 }, { name: ' ' }]) {
      await expect(createApiToken(app, ann, { ...good, ...bad })).rejects.toMatchObject({
        code: 'invalid-input',
      })
    }
  })

  test('end by themselves', async () => {
    const { secret } = await createApiToken(app, ann, {
      name: 't',
      permissions: ['task.view'],
      expiresInDays: 2,
    })
    clock.advance(2 * day - 1)
    expect(await authenticate(app, bearer(secret))).toBeDefined()
    clock.advance(1)
    await expect(authenticate(app, bearer(secret))).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('end when they are revoked, by their owner or by an administrator, and by nobody else', async () => {
    const make = () => createApiToken(app, ann, { name: 't', permissions: ['task.view'], expiresInDays: 2 })
    const bob = await person('bob', 'operator')
    for (const by of [ann, root]) {
      const { secret, token } = await make()
      await expect(revokeApiToken(app, bob, token.id)).rejects.toMatchObject({ code: 'not-found' })
      const revoked = await revokeApiToken(app, by, token.id)
      expect(revoked.revokedAt).toEqual(clock.now())
      await expect(authenticate(app, bearer(secret))).rejects.toMatchObject({ code: 'unauthenticated' })
    }
  })

  test('a wrong one is refused although a good session comes with it', async () => {
    const { secret } = await signIn(app, from(), { name: 'ann', password })
    const facts = from({ authorization: 'Bearer stint_nonsense', cookie: `stint_session=${secret}` })
    await expect(authenticate(app, facts)).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('the time of last use is written once a minute', async () => {
    const { secret } = await createApiToken(app, ann, {
      name: 'busy',
      permissions: ['task.view'],
      expiresInDays: 2,
    })
    const used = async () => (await ownApiTokens(app, ann)).find((token) => token.name === 'busy')?.lastUsedAt
    await authenticate(app, bearer(secret))
    const first = clock.now()
    expect(await used()).toEqual(first)
    clock.advance(59_999)
    await authenticate(app, bearer(secret))
    expect(await used()).toEqual(first)
    clock.advance(1)
    await authenticate(app, bearer(secret))
    expect(await used()).toEqual(clock.now())
  })
})

describe('HTTP Basic', () => {
  test('is taken from this machine and from nowhere else, until the setting says otherwise', async () => {
    expect(await authenticate(app, basic('Ann', password))).toMatchObject({ name: 'ann', via: 'basic' })
    const elsewhere = basic('ann', password, {}, '192.0.2.7')
    await expect(authenticate(app, elsewhere)).rejects.toMatchObject({ code: 'unauthenticated' })
    const forwarded = basic('ann', password, { 'x-forwarded-for': '192.0.2.7' })
    await expect(authenticate(app, forwarded)).rejects.toMatchObject({ code: 'unauthenticated' })
    await changeSetting(app, root, 'basic_auth', 'on')
    expect(await authenticate(app, elsewhere)).toMatchObject({ name: 'ann' })
    await changeSetting(app, root, 'basic_auth', 'off')
    await expect(authenticate(app, basic('ann', password))).rejects.toMatchObject({ code: 'unauthenticated' })
    await changeSetting(app, root, 'basic_auth', 'loopback')
  })

  test.each([
    ['a wrong password', 'ann', 'wrong'],
    ['an unknown name', 'nobody', 'wrong'],
    ['a NUL byte', 'ann\0', 'wrong'],
  ])('%s is refused', async (_, name, given) => {
    await expect(authenticate(app, basic(name, given))).rejects.toMatchObject({ code: 'sign-in-failed' })
  })

  test.each(['Basic', 'Basic !!!', 'Basic Og==', 'Digest x', ''])(
    'the header %j is refused',
    async (authorization) => {
      await expect(authenticate(app, from({ authorization }, '127.0.0.1'))).rejects.toMatchObject({
        code: 'unauthenticated',
      })
    },
  )

  test('guesses are throttled', async () => {
    const guess = () =>
      authenticate(app, basic('victim', 'a guess')).catch((error: { code: string }) => error.code)
    const codes = []
    for (let n = 0; n < 12; n++) codes.push(await guess())
    expect(codes.slice(-2)).toEqual(['too-many-attempts', 'too-many-attempts'])
  })

  test('a remembered password is forgotten with a new one', async () => {
    const cy = await person('cy', 'viewer')
    const actor = await authenticate(app, basic('cy', password))
    await authenticate(app, basic('cy', password))
    await changePassword(app, cy, { current: password, next: 'something else, long' })
    await expect(authenticate(app, basic('cy', password))).rejects.toMatchObject({ code: 'sign-in-failed' })
    expect(await revalidate(app, actor as Actor)).toBeUndefined()
  })
})

describe('x-remote-user', () => {
  test('is believed from a configured proxy only', async () => {
    const header = { 'x-remote-user': 'ann' }
    expect(await authenticate(app, from(header, '10.9.1.1'))).toMatchObject({ name: 'ann', via: 'header' })
    expect(await authenticate(app, from(header, '::ffff:10.9.1.1'))).toMatchObject({ name: 'ann' })
    expect(await authenticate(app, from(header, '10.8.1.1'))).toBeUndefined()
    expect(
      await authenticate(app, from({ ...header, 'x-forwarded-for': '10.9.1.1' }, '10.8.1.1')),
    ).toBeUndefined()
  })

  test('makes a user at first sight with the role of the setting, once', async () => {
    const header = { 'x-remote-user': 'New.Person@Example' }
    const made = await Promise.all(Array.from({ length: 5 }, () => authenticate(app, from(header, '::1'))))
    expect(new Set(made.map((actor) => actor?.userId)).size).toBe(1)
    expect(made[0]).toMatchObject({ name: 'new.person@example', roles: ['viewer'] })
  })

  test('turns strangers away when the setting says none, and a name nobody can have', async () => {
    await changeSetting(app, root, 'remote_user_role', 'none')
    expect(await authenticate(app, from({ 'x-remote-user': 'stranger' }, '::1'))).toBeUndefined()
    expect(await authenticate(app, from({ 'x-remote-user': 'ann' }, '::1'))).toBeDefined()
    await changeSetting(app, root, 'remote_user_role', 'viewer')
    expect(await authenticate(app, from({ 'x-remote-user': 'system' }, '::1'))).toBeUndefined()
    expect(await authenticate(app, from({ 'x-remote-user': 'two words' }, '::1'))).toBeUndefined()
  })

  test('a disabled user stays out', async () => {
    const off = await person('off', 'viewer')
    await updateUser(app, root, { userId: off.userId, disabled: true })
    expect(await authenticate(app, from({ 'x-remote-user': 'off' }, '::1'))).toBeUndefined()
  })
})

describe('somebody who stays connected', () => {
  test('has the rights he has now', async () => {
    const dan = await person('dan', 'operator')
    await updateUser(app, root, { userId: dan.userId, roles: ['viewer'], groups: ['web'] })
    const now = await revalidate(app, dan)
    expect(now).toMatchObject({ roles: ['viewer'], groups: ['web'], via: 'session' })
    expect(now?.permissions.has('task.create')).toBe(false)
  })

  test('is gone with his session, his token, or himself', async () => {
    const fay = await person('fay', 'operator')
    const { secret, token } = await createApiToken(app, fay, {
      name: 't',
      permissions: ['task.view'],
      expiresInDays: 1,
    })
    const byToken = (await authenticate(app, bearer(secret))) as Actor
    const byHeader = (await authenticate(app, from({ 'x-remote-user': 'fay' }, '::1'))) as Actor
    expect(await revalidate(app, byToken)).toMatchObject({ permissions: new Set(['task.view']) })
    await revokeApiToken(app, fay, token.id)
    expect(await revalidate(app, byToken)).toBeUndefined()
    await setPassword(app, root, { userId: fay.userId, password: 'another long one' })
    expect(await revalidate(app, fay)).toBeUndefined()
    expect(await revalidate(app, byHeader)).toBeDefined()
    await updateUser(app, root, { userId: fay.userId, disabled: true })
    expect(await revalidate(app, byHeader)).toBeUndefined()
  })

  test('is looked at again because every change is announced with its user', async () => {
    const gil = await person('gil', 'operator')
    const listener = new Listener({ target, log: app.log })
    const heard: string[] = []
    let next = Promise.withResolvers<void>()
    listener.on('stint_access', (payload) => {
      heard.push(payload)
      next.resolve()
    })
    await listener.start()
    const { token } = await createApiToken(app, gil, {
      name: 't',
      permissions: ['task.view'],
      expiresInDays: 1,
    })
    const changes = [
      () => updateUser(app, root, { userId: gil.userId, roles: ['viewer'] }),
      () => revokeApiToken(app, gil, token.id),
      () => setPassword(app, root, { userId: gil.userId, password: 'another long one' }),
    ]
    for (const change of changes) {
      next = Promise.withResolvers<void>()
      await change()
      await next.promise
    }
    expect(heard).toEqual([gil.userId, gil.userId, gil.userId])
    await listener.stop()
  })
})

test('whoever sends nothing is nobody, and asks the database nothing', async () => {
  expect(await authenticate({ ...app, sql: undefined as never }, from())).toBeUndefined()
  expect(await sql`select 1`).toHaveLength(1)
})
