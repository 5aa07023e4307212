import { type Permission, permissions } from '@stint/schema/words'
import { expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { Problem } from '../base/problem.ts'
import { createApiToken } from '../domains/access/api-tokens.ts'
import { permissionsOf, systemActor } from '../domains/access/model.ts'
import { createUser } from '../domains/access/users.ts'
import { testDatabase } from '../testing/database.ts'
import { restServer } from '../testing/rest.ts'
import { createMetrics } from './metrics.ts'
import type { AccessRule } from './openapi.ts'
import { restApp } from './server.ts'

/*
 * Everything is denied unless it is allowed: every route is found in the running application, must say its rule, and is then
 * tried as nobody, with a token for everything but what the rule asks, as a viewer, and with exactly what it asks.
 */

const { app } = await testDatabase()
const verbs = {
  tasks: {
    create: async () =>
      ({ task: { id: newId(), title: '', state: 'pending', result: 'pending' }, isNew: true }) as const,
  },
  reports: {
    openReport: async () => ({ taskId: newId(), reportToken: 'x' }),
    appendReport: async () => true,
  },
  callbacks: {
    callIn: async () => {
      throw new Problem('not-found', 'no such callback')
    },
  },
}
const parts = { app, ...verbs, checks: {} }
const server = await restServer(parts)

const user = await createUser(app, systemActor, { name: 'root', roles: ['admin'] })
const admin = { ...systemActor, userId: user.id }
async function tokenFor(allowed: readonly Permission[]): Promise<string> {
  return (await createApiToken(app, admin, { name: 't', permissions: allowed, expiresInDays: 1 })).secret
}

/** Bodies that a route takes, so that the right person gets past the parser. */
const bodies: Record<string, unknown> = {
  '/api/sign-in': { name: 'nobody', password: 'x' },
  '/api/sign-in/code': { code: 'x' },
  '/api/tasks': { template: 'x' },
  '/api/reports': { label: 'x' },
  '/api/reports/{taskId}': { seq: 1 },
}

interface Documented {
  readonly 'x-access'?: AccessRule
}

const { json } = await server.ask('/api/openapi.json')
const documented = Object.entries(json.paths as Record<string, Record<string, Documented>>).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, route]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      method: method.toUpperCase(),
      rule: route['x-access'],
    })),
)

/** None answers with anything of ours: the documentation itself, and the catch-alls that end /api/* and /plugins/*. */
const withoutRule = ['GET /api/openapi.json', 'ALL /api/*', 'ALL /plugins/*']

test('every route of the application is documented with its rule', () => {
  const rest = restApp({ ...parts, metrics: createMetrics() })
  const known = new Set([
    ...documented.map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    ...withoutRule,
  ])
  const found = new Set(
    rest.routes.map(({ method, path }) => `${method} ${path}`).filter((name) => name !== 'ALL /*'),
  )
  expect([...found].filter((name) => !known.has(name))).toEqual([])
  for (const { name, rule } of documented) expect(rule, name).toBeDefined()
})

test('the routes that let anybody in are these, and a new one is a decision', () => {
  expect(
    documented
      .filter(({ rule }) => rule === 'anybody')
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    'GET /api/session',
    'GET /healthz',
    'GET /readyz',
    'POST /api/sign-in',
    'POST /api/sign-in/code',
    'POST /api/sign-out',
  ])
})

const ownTokens = new Set<unknown>(['anybody', 'report-token', 'callback-token'])
const guarded = documented.filter(({ rule }) => !ownTokens.has(rule))

test.each(guarded)('$name lets in who has $rule, and nobody else', async ({ method, path, rule }) => {
  const needed = rule as Permission
  const ask = (options: { token?: string; session?: string }) =>
    server.ask(path.replace(/\{\w+\}/g, newId()), { method, body: bodies[path], ...options })
  expect((await ask({})).json.code).toBe('unauthenticated')
  expect((await ask({ session: 'forged' })).json.code).toBe('session-expired')
  const others = permissions.filter((permission) => permission !== needed)
  const viewer = [...permissionsOf(['viewer'])].filter((permission) => permission !== needed)
  for (const allowed of [others, viewer]) {
    const answer = await ask({ token: await tokenFor(allowed) })
    expect(answer.json).toMatchObject({ code: 'forbidden', details: { permission: needed } })
  }
  expect((await ask({ token: await tokenFor([needed]) })).status).toBeLessThan(300)
})

test('a report is told with the token of its task, not with a session and not with nothing', async () => {
  const told = documented.filter(({ rule }) => rule === 'report-token')
  expect(told.map(({ name }) => name)).toEqual(['POST /api/reports/{taskId}'])
  const path = `/api/reports/${newId()}`
  expect((await server.ask(path, { body: { seq: 1 } })).json.code).toBe('report-token-wrong')
  expect((await server.ask(path, { body: { seq: 1 }, session: 'x' })).json.code).toBe('report-token-wrong')
})

test('a callback is called with its own token, whoever calls', async () => {
  const called = documented.filter(({ rule }) => rule === 'callback-token')
  expect(called.map(({ name }) => name).sort()).toEqual([
    'POST /api/callbacks/{id}',
    'POST /api/callbacks/{id}/{token}',
    'POST /unsecured/callback/{id}',
  ])
  for (const { path } of called) {
    const there = path.replace(/\{\w+\}/g, newId())
    expect((await server.ask(there, { body: {} })).status).toBe(404)
    expect((await server.ask(there, { body: {}, session: 'x' })).status).toBe(404)
  }
})

test('a method that no route names does nothing', async () => {
  for (const { path, method } of documented) {
    for (const other of ['PUT', 'PATCH', 'DELETE'].filter((each) => each !== method)) {
      expect((await server.ask(path, { method: other })).status).toBe(404)
    }
  }
})
