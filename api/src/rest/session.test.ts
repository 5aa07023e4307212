import { afterEach, describe, expect, test } from 'vitest'
import { createApiToken } from '../domains/access/api-tokens.ts'
import { systemActor } from '../domains/access/model.ts'
import { mintSignInLink } from '../domains/access/sessions.ts'
import { createUser } from '../domains/access/users.ts'
import { testDatabase } from '../testing/database.ts'
import { restServer } from '../testing/rest.ts'

const { app, sql } = await testDatabase()
const server = await restServer({ app })

const ann = { name: 'ann', password: 'ann has a long password' }
await createUser(app, systemActor, { ...ann, roles: ['operator'] })
const root = await createUser(app, systemActor, { name: 'root', roles: ['admin'] })

afterEach(async () => {
  await sql`delete from sign_in_attempt`
})

function cookieIn(headers: Headers): { secret: string; attributes: string } {
  const [pair = '', ...attributes] = (headers.get('set-cookie') ?? '').split('; ')
  return { secret: pair.replace('stint_session=', ''), attributes: attributes.join('; ') }
}

async function signIn(): Promise<string> {
  return cookieIn((await server.ask('/api/sign-in', { body: ann })).headers).secret
}

describe('sign-in', () => {
  test('answers who it is and gives a cookie that scripts cannot read and other sites do not send', async () => {
    const answer = await server.ask('/api/sign-in', { body: ann })
    expect(answer.status).toBe(200)
    expect(answer.json.me).toMatchObject({ name: 'ann', roles: ['operator'], via: 'session' })
    const { secret, attributes } = cookieIn(answer.headers)
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(attributes).toMatch(/Path=\//)
    expect(attributes).toMatch(/HttpOnly/)
    expect(attributes).toMatch(/SameSite=Lax/)
    expect(attributes).not.toMatch(/Secure/)
    const session = await server.ask('/api/session', { session: secret })
    expect(session.json.me).toMatchObject({ name: 'ann' })
    expect(session.text).not.toContain(secret)
  })

  test('marks the cookie as secure where people come over https', async () => {
    const config = { ...app.config, publicUrl: 'https://stint.example' }
    const behind = await restServer({ app: { ...app, config } })
    const { headers } = await behind.ask('/api/sign-in', { body: ann })
    expect(cookieIn(headers).attributes).toMatch(/Secure/)
  })

  test('with a wrong password is a problem with a code, and no cookie', async () => {
    const answer = await server.ask('/api/sign-in', { body: { ...ann, password: 'wrong' } })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.json).toMatchObject({ code: 'sign-in-failed', details: {}, status: 401 })
    expect(answer.headers.get('set-cookie')).toBeNull()
    // A browser must not open its own password dialog.
    expect(answer.headers.get('www-authenticate')).not.toMatch(/basic/i)
  })

  test('guessing is answered with 429 and when to come back', async () => {
    const answers = []
    for (let n = 0; n < 12; n++)
      answers.push(await server.ask('/api/sign-in', { body: { ...ann, password: `${n}` } }))
    expect(answers.map((answer) => answer.status).slice(-2)).toEqual([429, 429])
    const last = answers.at(-1)
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(800)
    expect(last?.json).toMatchObject({ code: 'too-many-attempts' })
  })

  test.each([
    ['nothing', {}],
    ['no password', { name: 'ann' }],
    ['a number', { name: 1, password: 'x' }],
    ['more than was asked', { ...ann, admin: true }],
    ['an array', []],
    ['a long name', { ...ann, name: 'x'.repeat(1001) }],
  ])('with %s in the body is invalid-request', async (_, body) => {
    const answer = await server.ask('/api/sign-in', { body })
    expect(answer.status).toBe(400)
    expect(answer.json.code).toBe('invalid-request')
  })

  test('by a form of another site is not even parsed', async () => {
    const answer = await server.ask('/api/sign-in', {
      body: 'name=ann&password=ann+has+a+long+password',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(answer.json.code).toBe('invalid-request')
  })

  test('by link works once', async () => {
    const link = (await mintSignInLink(app, server.origin)) ?? ''
    const code = new URL(link).searchParams.get('code')
    const answer = await server.ask('/api/sign-in/code', { body: { code } })
    expect(answer.json.me).toMatchObject({ id: root.id, roles: ['admin'], via: 'code' })
    const again = await server.ask('/api/sign-in/code', { body: { code } })
    expect(again.json.code).toBe('sign-in-code-used')
  })
})

describe('session', () => {
  test('nobody is null and no error, also with an old cookie', async () => {
    for (const options of [{}, { session: 'old' }]) {
      const answer = await server.ask('/api/session', options)
      expect(answer.status).toBe(200)
      expect(answer.json).toEqual({ me: null })
    }
  })

  test('ends by signing out, also for a copy of the cookie', async () => {
    const secret = await signIn()
    const answer = await server.ask('/api/sign-out', { body: {}, session: secret })
    expect(answer.json).toEqual({ me: null })
    expect(cookieIn(answer.headers)).toMatchObject({
      secret: '',
      attributes: expect.stringMatching(/Max-Age=0/),
    })
    expect((await server.ask('/api/session', { session: secret })).json.me).toBeNull()
  })

  test('a wrong token is told so', async () => {
    const answer = await server.ask('/api/session', { token: 'stint_wrong' })
    expect(answer.status).toBe(401)
    expect(answer.json.code).toBe('unauthenticated')
  })

  test('answers about persons are never kept by caches', async () => {
    expect((await server.ask('/api/session')).headers.get('cache-control')).toBe('no-store')
    expect((await server.ask('/api/sign-in', { body: {} })).headers.get('cache-control')).toBe('no-store')
  })
})

describe('other web sites', () => {
  const evil = { origin: 'https://evil.example' }

  test('cannot write with the cookie of a person', async () => {
    const session = await signIn()
    const attacks = [
      { cookie: `stint_session=${session}` },
      { cookie: `stint_session=${session}`, ...evil },
      { cookie: `stint_session=${session}`, ...evil, 'x-stint': '1' },
      { cookie: `stint_session=${session}`, 'x-stint': '1', 'sec-fetch-site': 'cross-site' },
      { cookie: `stint_session=${session}`, 'x-stint': '1', 'sec-fetch-site': 'same-site' },
      { cookie: `stint_session=${session}`, 'x-stint': '1', origin: 'null' },
      // Another port of this machine is another site.
      { cookie: `stint_session=${session}`, 'x-stint': '1', origin: 'http://127.0.0.1:1' },
    ]
    for (const headers of attacks) {
      const answer = await server.ask('/api/sign-out', { body: {}, headers })
      expect(answer.status).toBe(403)
      expect(answer.json.code).toBe('cross-site')
    }
    expect((await server.ask('/api/session', { session })).json.me).toMatchObject({ name: 'ann' })
  })

  test('cannot sign their visitor in as somebody else', async () => {
    const answer = await server.ask('/api/sign-in', { body: ann, headers: evil })
    expect(answer.json.code).toBe('cross-site')
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  test('our own page can, by the address it was opened with', async () => {
    const session = await signIn()
    const own = await server.ask('/api/sign-out', { body: {}, session, headers: { origin: server.origin } })
    expect(own.status).toBe(200)
    const named = { host: 'stint.lan:8080', origin: 'http://stint.lan:8080' }
    expect((await server.ask('/api/sign-in', { body: ann, headers: named })).status).toBe(200)
  })

  test('x-forwarded-host of a stranger does not make an origin ours', async () => {
    const headers = { ...evil, 'x-forwarded-host': 'evil.example' }
    expect((await server.ask('/api/sign-in', { body: ann, headers })).json.code).toBe('cross-site')
  })

  test('a token needs no header of ours: browsers never send one by themselves', async () => {
    const actor = { ...systemActor, userId: root.id }
    const { secret } = await createApiToken(app, actor, {
      name: 't',
      permissions: ['task.create'],
      expiresInDays: 1,
    })
    const answer = await server.ask('/api/tasks', { body: { template: 'x' }, token: secret })
    expect(answer.json.code).toBe('not-found')
  })
})
