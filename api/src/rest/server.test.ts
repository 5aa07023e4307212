import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { limits } from '@stint/schema/limits'
import { afterAll, describe, expect, test } from 'vitest'
import { createLog } from '../base/log.ts'
import { Problem } from '../base/problem.ts'
import { createApiToken } from '../domains/access/api-tokens.ts'
import { systemActor } from '../domains/access/model.ts'
import { hasUsers } from '../domains/access/store/user.ts'
import { createUser } from '../domains/access/users.ts'
import { changeSetting } from '../domains/settings/change.ts'
import { connect } from '../postgres/connect.ts'
import { testDatabase } from '../testing/database.ts'
import { restServer } from '../testing/rest.ts'

const { app: base, sql } = await testDatabase()
const lines: Record<string, unknown>[] = []
const log = createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(JSON.parse(line)) })
const app = { ...base, log }

const webDir = mkdtempSync(join(tmpdir(), 'stint-web-'))
afterAll(() => rmSync(webDir, { recursive: true }))
mkdirSync(join(webDir, 'assets'))
writeFileSync(join(webDir, 'index.html'), '<!doctype html><title>Stint</title>')
writeFileSync(join(webDir, 'theme.js'), '// theme')
writeFileSync(join(webDir, 'assets/app-1a2b.js'), 'console.log("app")')
writeFileSync(join(webDir, 'assets/app-1a2b.js.br'), brotliCompressSync('console.log("app")'))
writeFileSync(join(tmpdir(), 'stint-outside.txt'), 'KEEP OUT')
afterAll(() => rmSync(join(tmpdir(), 'stint-outside.txt')))

const user = await createUser(app, systemActor, { name: 'root', roles: ['admin'] })
const admin = { ...systemActor, userId: user.id, name: 'root' }
async function tokenWith(
  ...permissions: Parameters<typeof createApiToken>[2]['permissions']
): Promise<string> {
  return (await createApiToken(app, admin, { name: 't', permissions, expiresInDays: 1 })).secret
}

const failures: Record<string, () => never> = {
  bug: () => {
    throw new TypeError('the secret is hunter2', { cause: new Error('deeper') })
  },
  problem: () => {
    throw new Problem('template-blocked', 'It is blocked.', { details: { template: 'x' } })
  },
}
const tasks = {
  create: async (_: unknown, request: { template: string }) => {
    failures[request.template]?.()
    const isNew = request.template !== 'known'
    return { task: { id: user.id, title: 'A task', state: 'running', result: 'pending' }, isNew } as const
  },
}
let listener: () => void = () => {}
const server = await restServer({
  app,
  tasks,
  webDir,
  checks: { database: async () => void (await hasUsers(sql)), listener: () => listener() },
})
const token = await tokenWith('task.create')
const create = (body: unknown, headers = {}) => server.ask('/api/tasks', { body, token, headers })

describe('errors', () => {
  test('a problem comes with its status, code, details and the id of the request', async () => {
    const answer = await create({ template: 'problem' })
    expect(answer.status).toBe(409)
    expect(answer.json).toMatchObject({
      code: 'template-blocked',
      message: 'It is blocked.',
      details: { template: 'x' },
      requestId: answer.headers.get('x-request-id'),
    })
  })

  test('a bug is masked outside and logged once, with its causes', async () => {
    lines.length = 0
    const answer = await create({ template: 'bug' })
    expect(answer.status).toBe(500)
    expect(answer.json.code).toBe('internal')
    expect(answer.text).not.toMatch(/hunter2|TypeError|deeper|\.ts/)
    const requestId = answer.headers.get('x-request-id')
    expect(answer.json.details).toEqual({ requestId })
    const logged = lines.filter((line) => JSON.stringify(line).includes('hunter2'))
    expect(logged).toHaveLength(1)
    expect(logged[0]).toMatchObject({ requestId, level: 50 })
    expect(JSON.stringify(logged[0])).toContain('deeper')
  })

  test.each(['{"template":', '', 'null', '[]', '"x"', '{"template":"\\ud800"'])(
    'the body %j is invalid-request',
    async (body) => {
      const answer = await server.ask('/api/tasks', {
        body,
        token,
        headers: { 'content-type': 'application/json' },
      })
      expect(answer.status).toBe(400)
      expect(answer.json.code).toBe('invalid-request')
    },
  )

  test('says where in the body it is wrong', async () => {
    const answer = await create({ template: 'x', wait: 61, unknown: 1 })
    expect(answer.json.message).toMatch(/wait: .*60/)
    expect(answer.json.message).toMatch(/unknown/)
  })

  test('nothing at an address is not-found, for every method', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await server.ask('/api/nowhere', { method })
      expect(answer.status).toBe(404)
      expect(answer.json.code).toBe('not-found')
    }
  })
})

describe('sizes', () => {
  test('a body over the limit is refused, whether it says its length or not', async () => {
    const big = JSON.stringify({ template: 'x'.repeat(limits.requestBodyBytesMax) })
    const headers = { 'content-type': 'application/json' }
    for (const extra of [{}, { 'transfer-encoding': 'chunked' }]) {
      const answer = await server.ask('/api/tasks', { body: big, token, headers: { ...headers, ...extra } })
      expect(answer.status).toBe(413)
      expect(answer.json).toMatchObject({
        code: 'body-too-large',
        details: { limitBytes: limits.requestBodyBytesMax },
      })
    }
  })

  test('who used the connection before and writes all before he reads gets the answer, and may go on', async () => {
    const body = 'x'.repeat(limits.requestBodyBytesMax * 3)
    for (let round = 0; round < 3; round++) {
      expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)
      const answer = await fetch(`${server.origin}/api/tasks`, { method: 'POST', body })
      expect(await answer.json()).toMatchObject({ code: 'body-too-large' })
    }
  })

  test('a body just under it is read', async () => {
    const body = { template: 'x', comment: 'y'.repeat(limits.textLengthMax) }
    expect((await create(body)).status).toBe(201)
  })
})

describe('request ids', () => {
  test('one that comes in goes out and into every line; a strange one does not', async () => {
    lines.length = 0
    const answer = await create({ template: 'x' }, { 'x-request-id': 'from-my-proxy:42' })
    expect(answer.headers.get('x-request-id')).toBe('from-my-proxy:42')
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(line.requestId).toBe('from-my-proxy:42')
    const strange = await create({ template: 'x' }, { 'x-request-id': 'a b{"c"}' })
    expect(strange.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('what people send is not in the log', async () => {
    lines.length = 0
    await server.ask('/api/sign-in?password=hunter3', { body: { name: 'root', password: 'hunter3' } })
    expect(JSON.stringify(lines)).not.toContain('hunter3')
    expect(JSON.stringify(lines)).not.toContain(token)
  })
})

describe('starting a task', () => {
  test('answers 201 with its page, and 200 when the key named one that is there', async () => {
    const answer = await create({ template: 'x', input: { a: 1 } })
    expect(answer.status).toBe(201)
    expect(answer.json).toEqual({
      taskId: user.id,
      title: 'A task',
      state: 'running',
      result: 'pending',
      isNew: true,
      url: `${server.origin}/tasks/${user.id}`,
    })
    expect((await create({ template: 'known' })).status).toBe(200)
  })

  test('a host that is none does not come back in addresses', async () => {
    const answer = await create({ template: 'x' }, { host: 'evil"><script>' })
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain('script')
  })
})

describe('health', () => {
  test('alive is told to everybody and asks nothing', async () => {
    expect((await server.ask('/healthz')).json).toEqual({ ok: true })
  })

  test('ready says what is not', async () => {
    expect((await server.ask('/readyz')).json).toEqual({
      ok: true,
      checks: { database: { ok: true }, listener: { ok: true } },
    })
    listener = () => {
      throw new Error('It does not listen.')
    }
    const answer = await server.ask('/readyz')
    expect(answer.status).toBe(503)
    expect(answer.json.checks).toMatchObject({ listener: { ok: false, reason: 'It does not listen.' } })
    listener = () => {}
  })

  test('a check that hangs is not waited for', async () => {
    const hanging = await restServer({ app, checks: { database: () => new Promise(() => {}) } })
    expect((await hanging.ask('/readyz')).json).toMatchObject({ ok: false })
  })

  test('without a database: alive, not ready, and every answer that needs it is 503 with when to come back', async () => {
    const gone = connect({
      kind: 'socket',
      folder: join(tmpdir(), 'no-such-folder'),
      user: 'x',
      database: 'x',
    })
    const without = await restServer({
      app: { ...app, sql: gone },
      checks: { database: async () => void (await hasUsers(gone)) },
    })
    expect((await without.ask('/healthz')).status).toBe(200)
    expect((await without.ask('/readyz')).json).toMatchObject({
      checks: { database: { ok: false, reason: 'ENOENT' } },
    })
    for (const answer of [
      await without.ask('/api/session', { session: 'x' }),
      await without.ask('/api/sign-in', { body: { name: 'root', password: 'x' } }),
      await without.ask('/api/tasks', { body: { template: 'x' }, token }),
    ]) {
      expect(answer.status).toBe(503)
      expect(answer.headers.get('retry-after')).toBe('2')
      expect(answer.json.code).toBe('database-unavailable')
    }
    await gone.end()
  })
})

describe('metrics', () => {
  test('are for those with metrics.view', async () => {
    expect((await server.ask('/metrics')).status).toBe(401)
    expect((await server.ask('/metrics', { token })).json).toMatchObject({
      details: { permission: 'metrics.view' },
    })
    const answer = await server.ask('/metrics', { token: await tokenWith('metrics.view') })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(answer.text).toMatch(/process_cpu_seconds_total/)
  })

  test('count by the pattern of the route, so that ids and strangers make no series', async () => {
    await server.ask(`/api/reports/${user.id}`, { body: { seq: 1 } })
    for (const path of ['/wp-login.php', '/api/x1', '/api/x2']) await server.ask(path)
    await server.ask('/x', { method: 'PROPFIND' })
    const { text } = await server.ask('/metrics', { token: await tokenWith('metrics.view') })
    expect(text).toMatch(
      /stint_http_request_seconds_count\{method="POST",route="\/api\/reports\/:taskId",status="401"\}/,
    )
    expect(text).not.toMatch(/wp-login|api\/x1|PROPFIND/)
    expect(text).not.toContain(user.id)
  })

  test('are open to this machine when the setting says so, and not through a proxy', async () => {
    await changeSetting(app, admin, 'metrics_from_loopback', true)
    expect((await server.ask('/metrics')).status).toBe(200)
    expect((await server.ask('/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(401)
    await changeSetting(app, admin, 'metrics_from_loopback', false)
  })
})

describe('the page', () => {
  const html = { accept: 'text/html,*/*' }

  test('every address of it is index.html, asked for anew each time', async () => {
    for (const path of ['/', '/tasks', '/tasks/0190?x=1', '/templates/a.b']) {
      const answer = await server.ask(path, { headers: html })
      expect(answer.status, path).toBe(200)
      expect(answer.text).toContain('<title>Stint</title>')
      expect(answer.headers.get('cache-control')).toBe('no-cache')
    }
  })

  test('built files are kept for good and come compressed', async () => {
    const plain = await server.ask('/assets/app-1a2b.js')
    expect(plain.text).toContain('console.log')
    expect(plain.headers.get('cache-control')).toMatch(/immutable/)
    expect(plain.headers.get('vary')).toMatch(/accept-encoding/i)
    const small = await server.ask('/assets/app-1a2b.js', { headers: { 'accept-encoding': 'gzip, br' } })
    expect(small.headers.get('content-encoding')).toBe('br')
    expect(small.headers.get('content-type')).toMatch(/javascript/)
  })

  test('a missing script or picture is 404 and not a page', async () => {
    for (const path of ['/assets/app-old.js', '/assets/nothing', '/robots.txt']) {
      expect((await server.ask(path)).status, path).toBe(404)
    }
    expect((await server.ask('/assets/app-old.js', { headers: html })).status).toBe(404)
  })

  test.each([
    '/../stint-outside.txt',
    '/..%2fstint-outside.txt',
    '/%2e%2e/stint-outside.txt',
    '/assets/..%2f..%2fstint-outside.txt',
    '/assets/..\\..\\stint-outside.txt',
    '//stint-outside.txt',
  ])('%s leads nowhere', async (path) => {
    expect((await server.ask(path)).text).not.toContain('KEEP OUT')
  })

  test('runs only what we serve, and nobody frames it', async () => {
    const { headers } = await server.ask('/', { headers: html })
    const policy = headers.get('content-security-policy')
    expect(policy).toMatch(/default-src 'self'/)
    expect(policy).toMatch(/frame-ancestors 'none'/)
    expect(policy).not.toMatch(/unsafe|\*/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('x-powered-by')).toBeNull()
  })
})

describe('documentation', () => {
  test('names every route with its refusals', async () => {
    const { json } = await server.ask('/api/openapi.json')
    const paths = json.paths as Record<string, Record<string, { summary?: string }>>
    expect(Object.keys(paths).sort()).toEqual([
      '/api/callbacks/{id}',
      '/api/callbacks/{id}/{token}',
      '/api/reports',
      '/api/reports/{taskId}',
      '/api/session',
      '/api/sign-in',
      '/api/sign-in/code',
      '/api/sign-out',
      '/api/tasks',
      '/healthz',
      '/metrics',
      '/readyz',
      '/unsecured/callback/{id}',
    ])
    for (const methods of Object.values(paths)) {
      for (const route of Object.values(methods)) expect(route.summary).toBeTruthy()
    }
  })
})
