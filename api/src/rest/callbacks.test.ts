import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import { createLog } from '../base/log.ts'
import { callbackAction } from '../engine/actions/callback.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { restServer } from '../testing/rest.ts'
import { after, toyEngine } from '../testing/toy-engine.ts'

const lines: string[] = []
const log = createLog({ level: 'debug', format: 'json' }, { write: (line) => lines.push(line) })
const { database, registry, engine, stop, taskOf } = await toyEngine({ ownUrl: () => '' })
registry.add(callbackAction(systemClock))
afterAll(stop)
const server = await restServer({ app: { ...database.app, log }, callbacks: engine.outside.questions })

interface Made {
  readonly taskId: string
  readonly id: string
  readonly token: string
  readonly url: string
}

async function made(): Promise<Made> {
  const schema = { type: 'object', required: ['ok'] }
  const steps = [
    testStep('make', { action: { type: 'callback', configuration: { action: 'create', schema } } }),
    testStep('call', {
      dependencies: after('make'),
      action: { type: 'callback', configuration: { action: 'wait', id: '{{.step.make.output.id}}' } },
    }),
  ]
  const { id: taskId } = await engine.createTask(testTask(testTemplate(steps)))
  await expect.poll(async () => (await taskOf(taskId))?.reason).toBe('waiting-callback')
  const [attempt] = await engine.reader.lastAttempts({ id: taskId, templateId: null }, [0])
  return { taskId, ...(attempt?.output as Omit<Made, 'taskId'>) }
}

const body = { ok: true }

describe('the address of a callback', () => {
  it.each([
    ['as the step made it', ({ url }: Made) => ({ path: url })],
    [
      'with the token as a header',
      ({ id, token }: Made) => ({ path: `/api/callbacks/${id}`, headers: { 'x-callback-token': token } }),
    ],
    ['with the token as a bearer', ({ id, token }: Made) => ({ path: `/api/callbacks/${id}`, token })],
    ['with the token in the path', ({ id, token }: Made) => ({ path: `/api/callbacks/${id}/${token}` })],
    ['as µTask writes it', ({ id, token }: Made) => ({ path: `/unsecured/callback/${id}?t=${token}` })],
  ])('%s answers the step, once', async (_, addressOf) => {
    const callback = await made()
    const { path, ...options } = addressOf(callback) as { path: string }
    expect(await server.ask(path, { method: 'POST', body, ...options })).toMatchObject({ status: 200 })
    await expect.poll(async () => (await taskOf(callback.taskId))?.result).toBe('success')
    const again = await server.ask(path, { method: 'POST', body, ...options })
    expect(again).toMatchObject({ status: 409, json: { code: 'not-allowed-now' } })
  })

  it('refuses what is wrong with a sentence', async () => {
    const { id, token } = await made()
    const ask = (path: string, sent: unknown) => server.ask(path, { method: 'POST', body: sent })
    expect(await ask(`/api/callbacks/${id}?t=wrong`, body)).toMatchObject({ status: 404 })
    expect(await ask(`/api/callbacks/${newId()}?t=${token}`, body)).toMatchObject({ status: 404 })
    expect(await ask(`/api/callbacks/nonsense?t=${token}`, body)).toMatchObject({ status: 404 })
    const misfit = await ask(`/api/callbacks/${id}?t=${token}`, { other: 1 })
    expect(misfit).toMatchObject({ status: 400 })
    expect(misfit.json.message).toContain('ok: This is missing.')
    expect(await ask(`/api/callbacks/${id}?t=${token}`, { ok: 'x'.repeat(1_100_000) })).toMatchObject({
      status: 413,
    })
  })

  it('never stands in the log with its token', async () => {
    const { id, token, url } = await made()
    await server.ask(url, { method: 'POST', body: {} })
    await server.ask(`/api/callbacks/${id}/${token}`, { method: 'POST', body })
    await expect.poll(() => lines.filter((line) => line.includes(id)).length).toBeGreaterThan(1)
    expect(lines.join('')).not.toContain(token)
  })
})
