import type { TemplateStep } from '@stint/schema/template-types'
import type { SignalKind } from '@stint/schema/words'
import { afterAll, describe, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { after, clientError, toyEngine } from '../testing/toy-engine.ts'
import { findSteps } from './store/step.ts'

const { database, toys, engine, stop, taskOf, ended } = await toyEngine()
afterAll(stop)

const send = (id: string, kind: SignalKind, more: { stepNo?: number; payload?: unknown } = {}) =>
  engine.command(id, { kind, actor: 'ann', ...more })
const stateOf = async (id: string) => {
  const row = await taskOf(id)
  return `${row?.state} ${row?.reason ?? row?.result}`
}

describe('starting over', () => {
  it('runs everything again; attempts go on counting and nothing of before is seen', async () => {
    const steps = [
      testStep('count', { action: { type: 'count', configuration: {} } }),
      testStep('tell', {
        dependencies: after('count'),
        action: { type: 'echo', configuration: { output: { seen: '{{.step.count.output.at}}' } } },
      }),
      testStep('bad', { dependencies: after('tell'), action: clientError }),
    ]
    const id = await ended(testTask(testTemplate(steps)))
    const before = toys.runs.length
    await send(id, 'start-over')
    await expect.poll(() => stateOf(id)).toBe('paused step-failed')
    expect(toys.runs.length).toBe(before + 1)
    const rows = await findSteps(database.sql, [id])
    expect(rows.map((row) => [row.name, row.state, row.tryCount, row.attemptNo])).toEqual([
      ['count', 'DONE', 1, 2],
      ['tell', 'DONE', 1, 2],
      ['bad', 'CLIENT_ERROR', 1, 2],
    ])
    const [last] = await engine.reader.lastAttempts({ id, templateId: null }, [1])
    expect(last?.output).toEqual({ seen: String(before + 1) })
  })
})

describe('extending the retries', () => {
  it('goes on with the retries of steps, and with nothing that failed for good', async () => {
    const steps = [
      testStep('flaky', { action: { type: 'flaky', configuration: { failures: 9 } } }),
      testStep('broken', { action: clientError }),
    ]
    const id = await ended(testTask(testTemplate([steps[0] as TemplateStep], { retryMax: 0 })))
    expect(await stateOf(id)).toBe('paused retries-exhausted')
    await send(id, 'extend-retries')
    // No retry is left (retry_max 0), so it fails once more and stands again.
    await expect.poll(async () => (await findSteps(database.sql, [id]))[0]?.tryCount).toBe(2)
    await expect.poll(() => stateOf(id)).toBe('paused retries-exhausted')
    const other = await ended(testTask(testTemplate([steps[1] as TemplateStep])))
    await send(other, 'extend-retries')
    expect(await stateOf(other)).toBe('paused step-failed')
  })
})

describe('editing the request', () => {
  const template = testTemplate(
    [
      testStep('first', { action: clientError }),
      testStep('tell', {
        dependencies: after('first'),
        action: { type: 'echo', configuration: { output: { to: '{{.input.to}}' } } },
      }),
    ],
    {
      titleFormat: 'to {{.input.to}}',
      inputs: [
        { name: 'to', type: 'string', optional: false, collection: false, hidden: false },
        { name: 'pin', type: 'password', optional: true, collection: false, hidden: false },
      ] as never,
    },
  )

  it('of a paused task is what its next step sees, and its title', async () => {
    const id = await ended(testTask(template, { input: { to: 'rome' } }))
    expect(await taskOf(id)).toMatchObject({ state: 'paused', title: 'to rome' })
    const edit = { input: { to: 'oslo sesame', pin: 'sesame' }, tags: { team: 'x' }, changed: ['to', 'pin'] }
    await send(id, 'edit-request', { payload: edit })
    expect(await taskOf(id)).toMatchObject({ state: 'paused', title: 'to oslo ••••••', tags: { team: 'x' } })
    const [event] = await database.sql`select data from event where task_id = ${id} and name = 'edit-request'`
    expect(event?.data).toEqual({ changed: ['to', 'pin'] })
    await send(id, 'skip-step', { stepNo: 0 })
    await engine.waitForStop(id, 10)
    const values = await engine.reader.values({ id, templateId: null })
    expect(values?.input).toEqual({ to: 'oslo ••••••', pin: '••••••' })
    const [last] = await engine.reader.lastAttempts({ id, templateId: null }, [1])
    expect(last?.output).toEqual({ to: 'oslo ••••••' })
  })

  it('of one that runs or has begun is dropped', async () => {
    const waiting = testTemplate([
      testStep('nap', { action: { type: 'wait', configuration: { for: '1h' } } }),
    ])
    const { id } = await engine.createTask(testTask(waiting, { input: { a: 1 } }))
    await expect.poll(() => stateOf(id)).toBe('running waiting-until')
    await send(id, 'edit-request', { payload: { input: { a: 2 }, changed: ['a'] } })
    expect((await engine.reader.values({ id, templateId: null }))?.input).toEqual({ a: 1 })
  })
})

describe('an edit of the request', () => {
  const input = (name: string, type = 'string') => ({
    name,
    type,
    optional: true,
    collection: false,
    hidden: false,
  })
  const template = testTemplate([testStep('bad', { action: clientError })], {
    inputs: [input('to'), input('pin', 'password')] as never,
    resolverInputs: [{ ...input('size', 'number'), optional: false }] as never,
  })
  const paused = (given: Record<string, unknown>) =>
    ended(testTask(template, { input: given, resolverInput: { size: 1 } }))
  const rawInput = async (id: string) => {
    // What a step would see, in clear: nobody else may.
    const run = await engine.startOver(id, 'ann')
    const values = await engine.reader.values({ id: run?.id as string, templateId: null })
    return values?.input
  }

  it('that gives secrets back as they are shown keeps them', async () => {
    const id = await paused({ to: 'x sesame', pin: 'sesame' })
    const shown = (await engine.reader.values({ id, templateId: null }))?.input as Record<string, unknown>
    expect(shown).toEqual({ to: 'x ••••••', pin: '••••••' })
    expect(await engine.editRequest(id, 'ann', { input: shown })).toEqual([])
    expect(
      await database.sql`select from event where task_id = ${id} and name = 'edit-request'`,
    ).toHaveLength(0)
    expect(
      await engine.editRequest(id, 'ann', { input: { ...shown, to: 'y', pin: '**__SECRET__**' } }),
    ).toEqual([])
    const [event] = await database.sql`select data from event where task_id = ${id} and name = 'edit-request'`
    expect(event?.data).toEqual({ changed: ['to'] })
    expect(await rawInput(id)).toEqual({ to: 'y', pin: '••••••' })
  })

  it('that does not fit the template is not carried out', async () => {
    const id = await paused({ to: 'x' })
    const problems = await engine.editRequest(id, 'ann', { input: { to: 7 }, resolverInput: {} })
    expect(problems.map(({ name }) => name)).toEqual(['to', 'resolverInput.size'])
    expect((await engine.reader.values({ id, templateId: null }))?.input).toEqual({ to: 'x' })
  })
})

describe('starting over what is over', () => {
  it('makes one new task of the same version and request, linked both ways', async () => {
    const steps = [testStep('bad', { action: clientError })]
    const id = await ended(
      testTask(testTemplate(steps, { onError: 'fail' }), {
        tags: { a: 'b' },
        locks: [{ resource: 'host/z', mode: 'exclusive' }],
      }),
    )
    const [first, twin] = await Promise.all([engine.startOver(id, 'ann'), engine.startOver(id, 'ann')])
    expect(twin?.id).toBe(first?.id)
    const again = await taskOf(first?.id as string)
    expect(again).toMatchObject({ ownerName: 'tester', tags: { a: 'b', startedOver: id } })
    const linked = await database.sql`
      select resource_id, mode from link where task_id = ${first?.id as string} and resource_type = 'host'`
    expect(linked).toEqual([{ resourceId: 'z', mode: 'exclusive' }])
    await expect
      .poll(() => database.sql`select actor, data from event where task_id = ${id} and name = 'start-over'`)
      .toEqual([{ actor: 'ann', data: { taskId: first?.id } }])
    await engine.waitForStop(first?.id as string, 10)
    const later = await engine.startOver(id, 'ann')
    expect(later?.id).not.toBe(first?.id)
  })
})

describe('locks', () => {
  const template = testTemplate(
    [testStep('bad', { action: clientError }), testStep('next', { dependencies: after('bad') })],
    { locks: [{ resource: 'host/{{.input.host}}', mode: 'exclusive', onConflict: 'fail' }] as never },
  )
  const input = (host: string) => ({ input: { host } })
  const holders = (id: string) =>
    database.sql`select task_id from hold where resource_type = 'host' and resource_id = ${id}`

  it('are free once a task is unlocked, and taken again when it is resumed, or the conflict is told', async () => {
    const id = await ended(testTask(template, input('a')))
    expect(await holders('a')).toEqual([{ taskId: id }])
    await send(id, 'unlock')
    expect(await holders('a')).toEqual([])
    await send(id, 'resume')
    await expect.poll(() => stateOf(id)).toBe('paused step-failed')
    expect(await holders('a')).toEqual([{ taskId: id }])
    await send(id, 'force-unlock')
    const other = await ended(testTask(template, input('a')))
    await send(id, 'resume')
    await expect.poll(() => stateOf(id)).toBe('stopped unlocked')
    expect((await taskOf(id))?.errorSummary).toContain(`host/a is held by task ${other}`)
    await send(other, 'cancel')
    await send(id, 'resume')
    await expect.poll(() => stateOf(id)).toBe('paused step-failed')
    expect(await holders('a')).toEqual([{ taskId: id }])
  })

  it('follow the request of a task when it is edited', async () => {
    const id = await ended(testTask(template, input('b')))
    await send(id, 'edit-request', { payload: { ...input('c'), changed: ['host'] } })
    expect([await holders('b'), await holders('c')]).toEqual([[], []])
    await send(id, 'resume')
    await expect.poll(() => stateOf(id)).toBe('paused step-failed')
    expect([await holders('b'), await holders('c')]).toEqual([[], [{ taskId: id }]])
    expect(
      await database.sql`select resource_id from link where task_id = ${id} and resource_type = 'host'`,
    ).toEqual([{ resourceId: 'c' }])
  })

  it('of a task that is paused in their queue are left to those behind it', async () => {
    const waits = testTemplate([testStep('s', { action: clientError })], {
      locks: [{ resource: 'host/d', mode: 'exclusive', onConflict: 'wait' }] as never,
    })
    const first = await ended(testTask(waits))
    const { id: second } = await engine.createTask(testTask(waits))
    const { id: third } = await engine.createTask(testTask(waits))
    await expect.poll(() => stateOf(third)).toBe('pending lock')
    await send(second, 'pause')
    expect(await stateOf(second)).toBe('paused by-user')
    expect((await taskOf(second))?.startedAt).toBe(null)
    await send(first, 'cancel')
    await expect.poll(() => stateOf(third)).toBe('paused step-failed')
    expect(await holders('d')).toEqual([{ taskId: third }])
    await send(second, 'resume')
    await expect.poll(() => stateOf(second)).toBe('pending lock')
    await send(second, 'cancel')
    await send(third, 'cancel')
  })
})
