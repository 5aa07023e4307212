import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { after, holds, toyEngine } from '../testing/toy-engine.ts'
import { cacheAction } from './actions/cache.ts'
import { callbackAction } from './actions/callback.ts'
import { inputAction } from './actions/input.ts'
import { tagAction } from './actions/tag.ts'
import { CacheKeeper } from './cache-keeper.ts'
import { setTestPoint } from './test-points.ts'

const { database, toys, registry, engine, stop, taskOf, statesOf, ended } = await toyEngine({
  ownUrl: () => 'http://stint.test',
})
registry.add(callbackAction(systemClock)).add(inputAction(systemClock)).add(tagAction).add(cacheAction)
afterAll(stop)

const attemptOf = async (id: string, no: number) =>
  (await engine.reader.lastAttempts({ id, templateId: null }, [no]))[0]

async function started(steps: Parameters<typeof testTemplate>[0]): Promise<string> {
  return (await engine.createTask(testTask(testTemplate(steps)))).id
}

const reasonOf = async (id: string) => {
  const task = await taskOf(id)
  return `${task?.state}/${task?.reason}`
}

const action = (type: string, configuration: Record<string, unknown>) => ({ action: { type, configuration } })

interface Made {
  readonly id: string
  readonly token: string
  readonly url: string
}

const schema = { type: 'object', required: ['ok'], properties: { ok: { type: 'boolean' } } }

/** A task that makes an address, does something else when told, and waits for the call. */
const callback = (between = action('echo', {}), create: Record<string, unknown> = { schema }) => [
  testStep('make', action('callback', { action: 'create', ...create })),
  testStep('between', { ...between, dependencies: after('make') }),
  testStep('call', {
    ...action('callback', { action: 'wait', id: '{{.step.make.output.id}}' }),
    dependencies: after('between'),
  }),
]

const made = async (id: string) => (await attemptOf(id, 0))?.output as Made

describe('a callback', () => {
  it('wakes the step that waits for it, with what was sent', async () => {
    const id = await started(callback())
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-callback')
    const address = await made(id)
    expect(address.url).toBe(`http://stint.test/api/callbacks/${address.id}?t=${address.token}`)
    await engine.outside.questions.callIn(address.id, address.token, { ok: true })
    await expect.poll(async () => (await taskOf(id))?.result).toBe('success')
    expect((await attemptOf(id, 2))?.output).toMatchObject({ id: address.id, body: { ok: true } })
  })

  it('is kept when it comes before anybody waits for it', async () => {
    const id = await started(callback({ action: holds }))
    const held = await toys.running('between')
    const { id: callbackId, token } = await made(id)
    await engine.outside.questions.callIn(callbackId, token, { ok: false })
    held.finish()
    expect(await engine.waitForStop(id, 10)).toBe(true)
    expect((await attemptOf(id, 2))?.output).toMatchObject({ body: { ok: false } })
  })

  it('is not lost when it comes while the step is about to wait', async () => {
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    setTestPoint('run.action-ended', (name) => (name === 'call' ? opened : undefined))
    const id = await started(callback())
    await expect.poll(() => statesOf(id)).toMatchObject({ call: 'RUNNING' })
    const { id: callbackId, token } = await made(id)
    await engine.outside.questions.callIn(callbackId, token, { ok: true })
    await expect.poll(() => database.sql`select from signal where task_id = ${id}`).toHaveLength(0)
    setTestPoint('run.action-ended', undefined)
    open()
    expect(await engine.waitForStop(id, 10)).toBe(true)
    expect(await taskOf(id)).toMatchObject({ result: 'success' })
  })

  it('is refused with a wrong token, a wrong id, a wrong body, and the second time', async () => {
    const id = await started(callback())
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-callback')
    const { id: callbackId, token } = await made(id)
    const { questions } = engine.outside
    for (const wrong of ['', 'x', token.slice(1), `${token}x`])
      await expect(questions.callIn(callbackId, wrong, { ok: true })).rejects.toMatchObject({
        code: 'not-found',
      })
    await expect(questions.callIn(id, token, { ok: true })).rejects.toMatchObject({ code: 'not-found' })
    await expect(questions.callIn(callbackId, token, { ok: 'yes' })).rejects.toMatchObject({
      code: 'invalid-request',
      fields: [{ name: 'ok', message: 'This must be boolean.' }],
    })
    const calls = await Promise.allSettled(
      Array.from({ length: 5 }, () => questions.callIn(callbackId, token, { ok: true })),
    )
    expect(calls.filter((call) => call.status === 'fulfilled')).toHaveLength(1)
    for (const call of calls)
      if (call.status === 'rejected') expect(call.reason).toMatchObject({ code: 'not-allowed-now' })
    expect(await engine.waitForStop(id, 10)).toBe(true)
  })

  it('that nobody calls in time fails the step, and comes too late then', async () => {
    const id = await ended(testTask(testTemplate(callback(undefined, { expires_in: '50ms' }))))
    expect(await reasonOf(id)).toBe('paused/step-failed')
    expect((await taskOf(id))?.errorSummary).toContain('Nobody called in time')
    const { id: callbackId, token } = await made(id)
    await expect(engine.outside.questions.callIn(callbackId, token, {})).rejects.toMatchObject({
      code: 'not-allowed-now',
    })
  })

  it('stores neither its token nor what was sent in clear', async () => {
    const id = await started(callback(undefined, {}))
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-callback')
    const { id: callbackId, token } = await made(id)
    await engine.outside.questions.callIn(callbackId, token, { word: 'unmistakable' })
    const [row] = await database.sql`select question::text as text from question where id = ${callbackId}`
    const stored = Buffer.from(row?.text ?? '').toString()
    for (const secret of [token, 'unmistakable'])
      for (const form of [secret, Buffer.from(secret).toString('hex')]) expect(stored).not.toContain(form)
  })
})

describe('an input', () => {
  const ask = (configuration: Record<string, unknown> = {}) => [
    testStep('ask', action('input', { title: 'Which host?', schema, ...configuration })),
  ]
  const openId = async (id: string) => {
    const [row] =
      await database.sql`select id from question where task_id = ${id} and kind = 'input' and closed_at is null`
    return row?.id as string
  }

  it('waits for a person and hands on the answer, and who gave it', async () => {
    const id = await started(ask())
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-input')
    await engine.outside.questions.answerInput(await openId(id), 'ann', { ok: true })
    await expect.poll(async () => (await taskOf(id))?.result).toBe('success')
    expect(await attemptOf(id, 0)).toMatchObject({
      output: { ok: true },
      metadata: { answered_by: 'ann', timed_out: false },
    })
  })

  it('is what a task waits for that somebody can do something about, and the step that asks is named', async () => {
    const other = { dependencies: after('call') }
    const id = await started([...callback(), testStep('other', other), ...ask()])
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-input')
    expect(await engine.whyNotRunning(id)).toMatchObject({
      sentence: "Step ask waits for somebody's input.",
      stepNo: 4,
    })
    await expect.poll(() => statesOf(id)).toMatchObject({ call: 'WAITING' })
    await engine.outside.questions.answerInput(await openId(id), 'ann', { ok: true })
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-callback')
    expect(await engine.whyNotRunning(id)).toMatchObject({
      sentence: 'Step call waits for an answer from outside.',
      stepNo: 2,
    })
  })

  it('is answered while the task is paused, and goes on when it is resumed', async () => {
    const id = await started(ask())
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-input')
    await engine.command(id, { kind: 'pause', actor: 'ann' })
    await engine.outside.questions.answerInput(await openId(id), 'ann', { ok: true })
    await expect.poll(() => database.sql`select from signal where task_id = ${id}`).toHaveLength(0)
    expect(await reasonOf(id)).toBe('paused/by-user')
    await engine.command(id, { kind: 'resume', actor: 'ann' })
    await expect.poll(async () => (await taskOf(id))?.result).toBe('success')
  })

  it('that nobody answers in time takes its default, or fails', async () => {
    const withDefault = await ended(testTask(testTemplate(ask({ timeout: '50ms', default: { ok: false } }))))
    expect(await attemptOf(withDefault, 0)).toMatchObject({
      output: { ok: false },
      metadata: { timed_out: true },
    })
    const without = await ended(testTask(testTemplate(ask({ timeout: '50ms' }))))
    expect((await taskOf(without))?.errorSummary).toContain('Nobody answered within 50ms')
  })

  it('names every field that does not fit', async () => {
    const id = await started(
      ask({ schema: { ...schema, required: ['ok', 'why'], additionalProperties: false } }),
    )
    await expect.poll(() => reasonOf(id)).toBe('running/waiting-input')
    const answer = engine.outside.questions.answerInput(await openId(id), 'ann', { ok: 1, other: 2 })
    await expect(answer).rejects.toMatchObject({
      fields: expect.arrayContaining([
        { name: 'ok', message: 'This must be boolean.' },
        { name: 'why', message: 'This is missing.' },
        { name: 'other', message: 'Nobody asked for this.' },
      ]),
    })
  })
})

it('tags are merged into those of the task, and empty ones removed', async () => {
  const steps = [
    testStep('a', action('tag', { tags: { x: '1', y: '2' } })),
    testStep('b', { ...action('tag', { tags: { x: '' } }), dependencies: after('a') }),
  ]
  const id = await ended(testTask(testTemplate(steps)))
  expect((await taskOf(id))?.tags).toEqual({ y: '2' })
})

describe('a cached value', () => {
  const cached = async (label: string, configuration: Record<string, unknown>) => {
    const step = testStep('c', action('cache', configuration))
    const id = await ended(testTask(testTemplate([step], { name: label })))
    return (await attemptOf(id, 0))?.output as Record<string, unknown>
  }
  const get = (label: string, more = {}) => cached(label, { action: 'get', key: 'k', ...more })

  it('is there for later tasks of the same template, or for all', async () => {
    await cached('one', { action: 'set', key: 'k', value: { n: [1] } })
    expect(await get('one')).toEqual({ key: 'k', hit: true, value: { n: [1] } })
    expect(await get('two')).toEqual({ key: 'k', hit: false, value: null })
    await cached('one', { action: 'set', key: 'k', value: 'g', global: 'true' })
    expect(await get('two', { global: true })).toMatchObject({ value: 'g' })
    expect(await cached('one', { action: 'delete', key: 'k' })).toEqual({ key: 'k', deleted: true })
    expect(await get('one')).toMatchObject({ hit: false })
  })

  it('is gone after its time, and its row too; nothing of it is stored in clear', async () => {
    await cached('three', { action: 'set', key: 'unmistakable-key', value: 'unmistakable-value', ttl: 0.05 })
    const [row] = await database.sql`select cache_item::text as text from cache_item where scope = 'three'`
    for (const word of ['unmistakable-key', 'unmistakable-value'])
      expect(row?.text).not.toContain(Buffer.from(word).toString('hex'))
    await expect
      .poll(() => cached('three', { action: 'get', key: 'unmistakable-key' }))
      .toMatchObject({ hit: false })
    const keeper = new CacheKeeper({ sql: database.sql, log: engine.executor.log })
    expect(await keeper.sweep()).toBe(1)
  })
})
