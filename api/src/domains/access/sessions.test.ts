import { beforeEach, describe, expect, test } from 'vitest'
import { testClock } from '../../testing/clock.ts'
import { testDatabase } from '../../testing/database.ts'
import { listAudit } from '../audit/store.ts'
import { changeSetting } from '../settings/change.ts'
import { requestFacts } from './address.ts'
import { authenticate, notSignedIn, revalidate } from './authenticate.ts'
import { changePassword, setPassword } from './change-password.ts'
import { ensureFirstAdmin } from './first-admin.ts'
import { systemActor } from './model.ts'
import { mintSignInLink, signIn, signInWithCode, signOut } from './sessions.ts'
import { createUser, updateUser } from './users.ts'

const { app: base, sql } = await testDatabase({ trustedProxies: ['10.9.9.9'] })
const clock = testClock()
const app = { ...base, clock }
let address = 0

beforeEach(() => {
  // Each test has an address of its own, so that none is throttled for another.
  address += 1
})

function from(headers: Record<string, string> = {}, remote = `192.0.2.${address}`) {
  return requestFacts(new Headers(headers), remote)
}

const cookie = (secret: string) => from({ cookie: `other=1; stint_session=${secret}; more=2` })
const ann = { name: 'ann', password: 'ann has a long password' }

await createUser(app, systemActor, { ...ann, roles: ['operator'], groups: ['dba'] })

async function idOf(name: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select id from user_account where name = ${name}`
  return row?.id ?? ''
}

const minute = 60_000
const hour = 60 * minute

describe('sign-in', () => {
  test('opens a session that names the person and his rights', async () => {
    const { secret, actor } = await signIn(app, from(), ann)
    const again = await authenticate(app, cookie(secret))
    expect(again).toMatchObject({ name: 'ann', roles: ['operator'], groups: ['dba'], via: 'session' })
    expect(again?.userId).toBe(actor.userId)
    expect(again?.permissions.has('task.create')).toBe(true)
    expect(again?.permissions.has('user.manage')).toBe(false)
  })

  test('takes the name in any case', async () => {
    const { actor } = await signIn(app, from(), { ...ann, name: '  ANN ' })
    expect(actor.name).toBe('ann')
  })

  test('is on the record, and the secret is nowhere in the database', async () => {
    const { secret } = await signIn(app, from(), ann)
    const [entry] = await listAudit(sql, { subjectId: await idOf('ann') }, null, 1)
    expect(entry).toMatchObject({ action: 'user.sign_in', actorName: 'ann', address: `192.0.2.${address}` })
    const rows = await sql<{ text: string }[]>`
      select session::text as text from session union all select audit::text from audit
    `
    expect(rows.filter((row) => row.text.includes(secret))).toEqual([])
  })

  test.each([
    ['a wrong password', { name: 'ann', password: 'wrong password' }],
    ['an unknown name', { name: 'nobody-of-that-name', password: 'wrong password' }],
    ['an empty name', { name: '', password: '' }],
    ['a name with a NUL byte', { name: 'ann\u0000', password: 'x' }],
  ])('fails for %s with the same answer', async (_, given) => {
    await expect(signIn(app, from(), given)).rejects.toMatchObject({
      code: 'sign-in-failed',
      message: 'Name or password is wrong.',
      details: {},
    })
  })

  test('fails for somebody without a password and for a disabled user, again with that answer', async () => {
    await createUser(app, systemActor, { name: 'proxied', roles: ['viewer'] })
    const gone = await createUser(app, systemActor, {
      name: 'gone',
      password: 'gone with the wind',
      roles: ['viewer'],
    })
    await updateUser(app, systemActor, { userId: gone.id, disabled: true })
    for (const given of [
      { name: 'proxied', password: '' },
      { name: 'gone', password: 'gone with the wind' },
    ]) {
      await expect(signIn(app, from(), given)).rejects.toMatchObject({
        code: 'sign-in-failed',
        message: 'Name or password is wrong.',
      })
    }
  })

  test('gives a new secret and ends the session the browser had before', async () => {
    const first = await signIn(app, from(), ann)
    const second = await signIn(app, cookie(first.secret), ann)
    expect(second.secret).not.toBe(first.secret)
    expect(await authenticate(app, cookie(first.secret))).toBeUndefined()
    expect(await authenticate(app, cookie(second.secret))).toBeDefined()
  })

  test('a secret put into the browser by somebody else is worth nothing', async () => {
    const planted = 'A'.repeat(43)
    await signIn(app, cookie(planted), ann)
    expect(await authenticate(app, cookie(planted))).toBeUndefined()
  })
})

describe('a session ends', () => {
  test('by signing out', async () => {
    const { secret, actor } = await signIn(app, from(), ann)
    await signOut(app, actor)
    expect(await authenticate(app, cookie(secret))).toBeUndefined()
    expect(await revalidate(app, actor)).toBeUndefined()
  })

  test('after its longest life, however busy', async () => {
    const { secret, expiresAt } = await signIn(app, from(), ann)
    for (let hours = 0; hours < 167; hours += 8) {
      clock.advance(8 * hour)
      if (clock.now() < expiresAt) expect(await authenticate(app, cookie(secret))).toBeDefined()
    }
    clock.advance(8 * hour)
    expect(await authenticate(app, cookie(secret))).toBeUndefined()
  })

  test('when it lies idle, and each request keeps it alive', async () => {
    const { secret } = await signIn(app, from(), ann)
    clock.advance(11 * hour)
    expect(await authenticate(app, cookie(secret))).toBeDefined()
    clock.advance(11 * hour)
    expect(await authenticate(app, cookie(secret))).toBeDefined()
    clock.advance(12 * hour + 1)
    expect(await authenticate(app, cookie(secret))).toBeUndefined()
  })

  test('when the setting is shortened below how long it lay idle', async () => {
    const { secret } = await signIn(app, from(), ann)
    clock.advance(30 * minute)
    await changeSetting(app, systemActor, 'session_idle_minutes', 20)
    expect(await authenticate(app, cookie(secret))).toBeUndefined()
    await changeSetting(app, systemActor, 'session_idle_minutes', 720)
  })

  test('and the refusal then says so, instead of "not signed in"', () => {
    expect(notSignedIn(cookie('old')).code).toBe('session-expired')
    expect(notSignedIn(from()).code).toBe('unauthenticated')
  })

  test('and is swept with the next sign-in', async () => {
    const { expiresAt } = await signIn(app, from(), ann)
    clock.advance(expiresAt.getTime() - clock.now().getTime() + 1)
    await signIn(app, from(), ann)
    const [row] = await sql<
      { count: number }[]
    >`select count(*)::int from session where expires_at <= ${clock.now()}`
    expect(row?.count).toBe(0)
  })
})

test('the time of the last request is written once a minute, not with each', async () => {
  const { secret } = await signIn(app, from(), ann)
  const seen = async () => {
    const [row] = await sql<{ at: Date }[]>`select max(last_seen_at) as at from session`
    return row?.at.getTime()
  }
  const opened = await seen()
  clock.advance(59_000)
  await authenticate(app, cookie(secret))
  expect(await seen()).toBe(opened)
  clock.advance(1_000)
  await authenticate(app, cookie(secret))
  expect(await seen()).toBe(clock.now().getTime())
})

describe('passwords', () => {
  test('changing one ends every other session and keeps this one', async () => {
    const here = await signIn(app, from(), ann)
    const there = await signIn(app, from(), ann)
    const next = 'another long password'
    await changePassword(app, here.actor, { current: ann.password, next })
    expect(await authenticate(app, cookie(here.secret))).toBeDefined()
    expect(await authenticate(app, cookie(there.secret))).toBeUndefined()
    await expect(signIn(app, from(), ann)).rejects.toMatchObject({ code: 'sign-in-failed' })
    await changePassword(app, here.actor, { current: next, next: ann.password })
  })

  test('changing one asks for the current one', async () => {
    const { actor } = await signIn(app, from(), ann)
    await expect(
      changePassword(app, actor, { current: 'not it', next: 'another long one' }),
    ).rejects.toMatchObject({
      code: 'sign-in-failed',
    })
  })

  test('one that an administrator set ends all sessions and is to be changed', async () => {
    const bob = await createUser(app, systemActor, {
      name: 'bob',
      password: 'first password',
      roles: ['viewer'],
    })
    const before = await signIn(app, from(), { name: 'bob', password: 'first password' })
    await setPassword(app, systemActor, { userId: bob.id, password: 'second password' })
    expect(await authenticate(app, cookie(before.secret))).toBeUndefined()
    const after = await signIn(app, from(), { name: 'bob', password: 'second password' })
    expect(after.actor.passwordExpired).toBe(true)
    await changePassword(app, after.actor, { current: 'second password', next: 'a password of his own' })
    expect((await authenticate(app, cookie(after.secret)))?.passwordExpired).toBe(false)
  })

  test('none is ever written into the record', async () => {
    const rows = await sql<{ text: string }[]>`select audit::text as text from audit`
    expect(rows.filter((row) => /password (?!")|argon2/.test(row.text))).toEqual([])
  })
})

describe('sign-in link', () => {
  const codeIn = (link: string | undefined) => new URL(link ?? '').searchParams.get('code') ?? ''

  async function withAdmin() {
    await createUser(app, systemActor, { name: `root${address}`, roles: ['admin'] })
  }

  test('signs in the first administrator, once', async () => {
    await withAdmin()
    const link = await mintSignInLink(app, 'http://127.0.0.1:8080')
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:8080\/sign-in\?code=[\w-]{43}$/)
    const { actor } = await signInWithCode(app, from(), codeIn(link))
    expect(actor).toMatchObject({ roles: ['admin'], via: 'code' })
    await expect(signInWithCode(app, from(), codeIn(link))).rejects.toMatchObject({
      code: 'sign-in-code-used',
    })
  })

  test('of twenty who use it at the same moment one comes in', async () => {
    const code = codeIn(await mintSignInLink(app, 'http://127.0.0.1:8080'))
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () => signInWithCode(app, from(), code)),
    )
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1)
  })

  test('is good for ten minutes', async () => {
    const link = await mintSignInLink(app, 'http://127.0.0.1:8080')
    clock.advance(10 * minute)
    await expect(signInWithCode(app, from(), codeIn(link))).rejects.toMatchObject({
      code: 'sign-in-code-used',
    })
  })

  test('is not made by a server that others can reach', async () => {
    const open = { ...app, config: { ...app.config, host: '0.0.0.0' } }
    expect(await mintSignInLink(open, 'http://0.0.0.0:8080')).toBeUndefined()
  })
})

test('a second first administrator is not made', async () => {
  expect(await ensureFirstAdmin(app)).toBeUndefined()
})

describe('throttling', () => {
  const wrong = (name: string, remote: string) =>
    signIn(app, from({}, remote), { name, password: 'a guess' }).then(
      () => 'in',
      (error: { code: string }) => error.code,
    )

  test('a name from one address is closed after ten guesses, even when they come at once', async () => {
    const codes = await Promise.all(Array.from({ length: 25 }, () => wrong('ann', '198.51.100.1')))
    expect(codes.filter((code) => code === 'sign-in-failed')).toHaveLength(10)
    expect(codes.filter((code) => code === 'too-many-attempts')).toHaveLength(15)
  })

  test('then the right password is refused from there, and taken from elsewhere and later', async () => {
    await expect(signIn(app, from({}, '198.51.100.1'), ann)).rejects.toMatchObject({
      code: 'too-many-attempts',
      details: { retryAfterSeconds: 900 },
    })
    expect((await signIn(app, from({}, '198.51.100.2'), ann)).actor.name).toBe('ann')
    clock.advance(15 * minute)
    expect((await signIn(app, from({}, '198.51.100.1'), ann)).actor.name).toBe('ann')
  })

  test('a name that does not exist is closed in the same way', async () => {
    const codes = []
    for (let guess = 0; guess < 12; guess++) codes.push(await wrong('no-such-person', '198.51.100.3'))
    expect(codes).toEqual([...Array(10).fill('sign-in-failed'), 'too-many-attempts', 'too-many-attempts'])
  })

  test('a spray over many names closes the address, also within an IPv6 network', async () => {
    const codes = await Promise.all(
      Array.from({ length: 60 }, (_, n) => wrong(`sprayed-${n}`, `2001:db8:7:7::${n.toString(16)}`)),
    )
    expect(codes.filter((code) => code === 'sign-in-failed')).toHaveLength(50)
  })

  test('those who get in are not counted, and a typo before it is forgotten', async () => {
    for (let round = 0; round < 55; round++) {
      if (round % 5 === 0) expect(await wrong('ann', '198.51.100.4')).toBe('sign-in-failed')
      await signIn(app, from({}, '198.51.100.4'), ann)
    }
  })

  test('x-forwarded-for of a stranger does not get around it', async () => {
    const guess = (n: number) =>
      signIn(app, from({ 'x-forwarded-for': `10.1.1.${n}` }, '198.51.100.5'), {
        name: 'ann',
        password: 'a guess',
      })
    const answers = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => guess(n)))
    const refused = answers.filter((a) => a.status === 'rejected' && a.reason.code === 'too-many-attempts')
    expect(refused).toHaveLength(2)
  })
})
