import { beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../base/ids.ts'
import { createApiToken } from '../domains/access/api-tokens.ts'
import { systemActor } from '../domains/access/model.ts'
import { createUser } from '../domains/access/users.ts'
import { testDatabase } from '../testing/database.ts'
import { restServer } from '../testing/rest.ts'
import type { OpenReportRequest, ReportRequest } from './reports.ts'

const { app } = await testDatabase()
const taskId = newId()
const heard: unknown[] = []
const reports = {
  open: async (actor: { name: string }, request: OpenReportRequest) => {
    heard.push([actor.name, request])
    return { taskId, reportToken: 'the-token' }
  },
  append: async (id: string, token: string, report: ReportRequest) => {
    heard.push([id, token, report])
    return { accepted: report.seq > 1 }
  },
}
const server = await restServer({ app, reports })
const user = await createUser(app, systemActor, { name: 'ci', roles: ['admin'] })
const actor = { ...systemActor, userId: user.id, name: 'ci' }
const { secret: token } = await createApiToken(app, actor, {
  name: 't',
  permissions: ['task.report'],
  expiresInDays: 1,
})
const { secret: other } = await createApiToken(app, actor, {
  name: 'o',
  permissions: ['task.create'],
  expiresInDays: 1,
})

beforeEach(() => {
  heard.length = 0
})

const append = (body: unknown, options = {}) =>
  server.ask(`/api/reports/${taskId}`, { body, token: 'the-token', ...options })

describe('opening', () => {
  test('hands on what was said and answers with token and page', async () => {
    const body = {
      label: 'build',
      title: 'Build 7',
      steps: [{ name: 'compile' }],
      tags: { branch: 'main' },
      timeoutHours: 2,
    }
    const answer = await server.ask('/api/reports', { body, token })
    expect(answer.status).toBe(201)
    expect(answer.json).toEqual({ taskId, reportToken: 'the-token', url: `${server.origin}/tasks/${taskId}` })
    expect(heard).toEqual([['ci', body]])
  })

  test('needs task.report', async () => {
    const refused = await server.ask('/api/reports', { body: { label: 'build' }, token: other })
    expect(refused.json).toMatchObject({ code: 'forbidden', details: { permission: 'task.report' } })
    expect((await server.ask('/api/reports', { body: { label: 'build' } })).json.code).toBe('unauthenticated')
    expect(heard).toEqual([])
  })

  test.each([
    [{}],
    [{ label: '' }],
    [{ label: 'x'.repeat(1001) }],
    [{ label: 'x', steps: [{}] }],
    [{ label: 'x', timeoutHours: 0 }],
    [{ label: 'x', surprise: true }],
  ])('%j is refused', async (body) => {
    expect((await server.ask('/api/reports', { body, token })).json.code).toBe('invalid-request')
    expect(heard).toEqual([])
  })
})

describe('reporting', () => {
  test('hands on everything that a report can say', async () => {
    const report = {
      seq: 2,
      title: 'Build 7, linking',
      progress: 0.5,
      steps: [
        { name: 'compile', state: 'DONE', output: { warnings: 0 } },
        { name: 'link', state: 'RUNNING' },
      ],
      log: [{ step: 'compile', text: 'ok\n', stream: 'stdout' }, { text: 'note' }],
      events: [{ name: 'deployed', data: { to: 'stage' } }],
      state: 'stopped',
      result: 'success',
    }
    expect((await append(report)).json).toEqual({ accepted: true })
    expect(heard).toEqual([[taskId, 'the-token', report]])
    expect((await append({ seq: 1 })).json).toEqual({ accepted: false })
  })

  test.each([
    [{}],
    [{ seq: 0 }],
    [{ seq: 1.5 }],
    [{ seq: 1, progress: 2 }],
    [{ seq: 1, state: 'paused' }],
    [{ seq: 1, state: 'stopped' }],
    [{ seq: 1, result: 'success' }],
    [{ seq: 1, state: 'stopped', result: 'pending' }],
    [{ seq: 1, steps: [{ name: 'x', state: 'MAYBE' }] }],
    [{ seq: 1, log: [{ text: 'x'.repeat(65_537) }] }],
    [{ seq: 1, log: Array(1001).fill({ text: 'x' }) }],
  ])('%.60j is refused', async (body) => {
    expect((await append(body)).json.code).toBe('invalid-request')
    expect(heard).toEqual([])
  })

  test('without a token, or for an id that is none, is report-token-wrong', async () => {
    const none = await server.ask(`/api/reports/${taskId}`, { body: { seq: 1 } })
    const bad = await server.ask('/api/reports/nonsense', { body: { seq: 1 }, token: 'x' })
    for (const answer of [none, bad]) {
      expect(answer.status).toBe(401)
      expect(answer.json.code).toBe('report-token-wrong')
    }
  })
})
