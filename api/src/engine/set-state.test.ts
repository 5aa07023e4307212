import type { TemplateStep } from '@stint/schema/template-types'
import type { SignalKind } from '@stint/schema/words'
import { afterAll, describe, expect, it } from 'vitest'
import { chain, testKeys, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { after, clientError, toyEngine } from '../testing/toy-engine.ts'
import { placeOf } from './seal.ts'
import { findSteps } from './store/step.ts'

const { database, engine, stop, taskOf, statesOf, ended } = await toyEngine()
afterAll(stop)

const send = (id: string, kind: SignalKind, more: { stepNo?: number; payload?: unknown } = {}) =>
  engine.command(id, { kind, actor: 'ann', ...more })
const setState = (id: string, stepNo: number, state: string) =>
  send(id, 'set-step-state', { stepNo, payload: { state } })
const on = (step: string, ...states: string[]) => ({ step, states })
const stateOf = async (id: string) => {
  const row = await taskOf(id)
  return `${row?.state} ${row?.reason ?? row?.result}`
}

/** A paused task of these steps in these states, and the words for them in order. */
async function pausedWith(steps: readonly TemplateStep[], states: Record<string, string>): Promise<string> {
  const { id } = await engine.createTask(
    testTask(testTemplate(steps), { startAt: new Date(Date.now() + 3_600_000) }),
  )
  for (const [name, state] of Object.entries(states)) {
    await database.sql`update step set state = ${state} where task_id = ${id} and name = ${name}`
  }
  await database.sql`update task set state = 'paused', reason = 'by-user', started_at = now() where id = ${id}`
  return id
}

describe('setting the state of a step', () => {
  const steps = [
    testStep('a', { customStates: ['GREEN'] }),
    testStep('onDone', { dependencies: after('a') }),
    testStep('onGreen', { dependencies: [on('a', 'GREEN')] }),
    testStep('last', { dependencies: [on('onDone', 'DONE'), on('onGreen', 'DONE')] }),
    testStep('anyway', { dependencies: [on('a', 'ANY')] }),
  ]
  const ran = { a: 'DONE', onDone: 'DONE', onGreen: 'PRUNE', last: 'PRUNE', anyway: 'DONE' }

  it.each([
    [
      'one that is done to open: what followed it opens with it',
      'TODO',
      { a: 'TODO', onDone: 'TODO', onGreen: 'TODO', last: 'TODO', anyway: 'TODO' },
    ],
    [
      'to another end: the other branch comes back, this one is pruned',
      'GREEN',
      { a: 'GREEN', onDone: 'PRUNE', onGreen: 'TODO', last: 'PRUNE', anyway: 'DONE' },
    ],
    ['skipped counts as done', 'SKIPPED', { ...ran, a: 'SKIPPED' }],
    [
      'failed: what followed is undecided',
      'FATAL_ERROR',
      { a: 'FATAL_ERROR', onDone: 'TODO', onGreen: 'TODO', last: 'TODO', anyway: 'TODO' },
    ],
    [
      'pruned: all that needed it is pruned',
      'PRUNE',
      { a: 'PRUNE', onDone: 'PRUNE', onGreen: 'PRUNE', last: 'PRUNE', anyway: 'DONE' },
    ],
  ])('%s', async (_name, state, wanted) => {
    const id = await pausedWith(steps, ran)
    await setState(id, 0, state)
    expect(await statesOf(id)).toEqual(wanted)
    expect(await stateOf(id)).toMatch(/^paused/)
    const [event] = await database.sql`
      select actor, step_no, data from event where task_id = ${id} and name = 'set-step-state'`
    expect(event).toMatchObject({ actor: 'ann', stepNo: 0, data: { from: 'DONE', to: state } })
  })

  it('takes back the progress of what begins again', async () => {
    const id = await pausedWith(chain(['x', 'y']), { x: 'DONE' })
    await database.sql`update task set progress = 0.5 where id = ${id}`
    await setState(id, 0, 'TODO')
    expect((await taskOf(id))?.progress).toBe(0)
  })

  it('leaves alone what a condition of its own pruned', async () => {
    const id = await pausedWith(chain(['x', 'y', 'z']), { x: 'DONE', y: 'PRUNE', z: 'PRUNE' })
    await setState(id, 0, 'SKIPPED')
    expect(await statesOf(id)).toEqual({ x: 'SKIPPED', y: 'PRUNE', z: 'PRUNE' })
  })

  it.each(['RUNNING', 'WAITING', 'EXPANDED', 'CRASHED', 'CANCELLED', 'BLUE'])(
    'to %s means nothing',
    async (state) => {
      const id = await pausedWith(steps, ran)
      await setState(id, 0, state)
      expect(await statesOf(id)).toEqual(ran)
    },
  )

  it('of a failed one lets the task go on with the next, and the record counts the tries', async () => {
    const id = await ended(
      testTask(
        testTemplate([
          testStep('bad', { action: clientError }),
          testStep('next', { dependencies: after('bad') }),
        ]),
      ),
    )
    expect(await stateOf(id)).toBe('paused step-failed')
    await setState(id, 0, 'DONE')
    expect(await taskOf(id)).toMatchObject({ state: 'paused', reason: 'by-user', errorSummary: null })
    await send(id, 'resume')
    await engine.waitForStop(id, 10)
    expect(await stateOf(id)).toBe('stopped success')
    expect(await statesOf(id)).toEqual({ bad: 'DONE', next: 'DONE' })
  })
})

describe('skipping', () => {
  it('steps of a task that a person paused does not wake it', async () => {
    const id = await pausedWith(chain(['a', 'b']), {})
    await send(id, 'skip-step', { stepNo: 0 })
    expect(await stateOf(id)).toBe('paused by-user')
    await send(id, 'resume')
    await engine.waitForStop(id, 10)
    expect(await statesOf(id)).toEqual({ a: 'SKIPPED', b: 'DONE' })
    expect((await taskOf(id))?.result).toBe('warning')
  })

  it('a step that waits for its time takes its timer along', async () => {
    const nap = { type: 'wait', configuration: { for: '1h' } }
    const { id } = await engine.createTask(
      testTask(
        testTemplate([testStep('nap', { action: nap }), testStep('next', { dependencies: after('nap') })]),
      ),
    )
    await expect.poll(() => stateOf(id)).toBe('running waiting-until')
    await send(id, 'skip-step', { stepNo: 0 })
    await engine.waitForStop(id, 10)
    expect(await stateOf(id)).toBe('stopped warning')
    expect(await statesOf(id)).toEqual({ nap: 'SKIPPED', next: 'DONE' })
  })
})

describe('the steps of a loop', () => {
  const each = (configuration: object) =>
    testStep('each', { foreach: '{{toJson .input.hosts}}', action: { type: 'echo', configuration } as never })
  const loop = testTemplate(
    [
      each({ output: '{{.iterator}}' }),
      testStep('sum', {
        dependencies: after('each'),
        action: { type: 'echo', configuration: { output: '{{len .step.each.children}}' } },
      }),
      testStep('bad', { dependencies: after('sum'), action: clientError }),
    ],
    { maxParallel: 2 },
  )
  const hosts = (...names: string[]) => ({ input: { hosts: names } })
  const states = async (id: string) =>
    (await findSteps(database.sql, [id])).map((row) => `${row.name} ${row.state} ${row.attemptNo}`)
  const sumOf = async (id: string) =>
    (await engine.reader.lastAttempts({ id, templateId: null }, [1]))[0]?.output

  it('are reset with it, and its list is made anew', async () => {
    const id = await ended(testTask(loop, hosts('a', 'b', 'c')))
    expect(await states(id)).toEqual([
      'each DONE 1',
      'sum DONE 1',
      'bad CLIENT_ERROR 1',
      'each-0 DONE 1',
      'each-1 DONE 1',
      'each-2 DONE 1',
    ])
    await send(id, 'edit-request', { payload: { ...hosts('x', 'y'), changed: ['hosts'] } })
    await setState(id, 0, 'TODO')
    expect(await states(id)).toEqual([
      'each TODO 1',
      'sum TODO 1',
      'bad TODO 1',
      'each-0 TODO 1',
      'each-1 TODO 1',
      'each-2 TODO 1',
    ])
    await send(id, 'resume')
    await expect
      .poll(() => states(id))
      .toEqual([
        'each DONE 2',
        'sum DONE 2',
        'bad CLIENT_ERROR 2',
        'each-0 DONE 2',
        'each-1 DONE 2',
        'each-2 PRUNE 1',
      ])
    expect(await sumOf(id)).toBe('2')
  })

  it('run again alone: the loop opens for one of them and its followers with it', async () => {
    const id = await ended(testTask(loop, hosts('a', 'b')))
    await setState(id, 4, 'TODO')
    expect(await states(id)).toEqual([
      'each EXPANDED 1',
      'sum TODO 1',
      'bad TODO 1',
      'each-0 DONE 1',
      'each-1 TODO 1',
    ])
    await send(id, 'resume')
    await expect
      .poll(() => states(id))
      .toEqual(['each DONE 1', 'sum DONE 2', 'bad CLIENT_ERROR 2', 'each-0 DONE 1', 'each-1 DONE 2'])
    expect(await sumOf(id)).toBe('2')
  })

  it('that failed can be skipped or set done, and the loop ends', async () => {
    const failing = testTemplate([
      each({ error_message: 'no', error_type: 'client' }),
      testStep('next', { dependencies: after('each') }),
    ])
    const id = await ended(testTask(failing, hosts('a', 'b')))
    expect(await stateOf(id)).toBe('paused step-failed')
    await setState(id, 2, 'DONE')
    await setState(id, 3, 'SKIPPED')
    await send(id, 'resume')
    await expect.poll(() => stateOf(id)).toBe('stopped warning')
    expect((await statesOf(id)).next).toBe('DONE')
  })

  it('are pruned with a loop that is skipped before its list is made anew', async () => {
    const id = await ended(testTask(loop, hosts('a')))
    await setState(id, 0, 'TODO')
    await setState(id, 0, 'SKIPPED')
    expect((await states(id)).at(-1)).toBe('each-0 PRUNE 1')
    await setState(id, 2, 'DONE')
    await send(id, 'resume')
    await expect.poll(() => stateOf(id)).toBe('stopped warning')
  })

  it('all begin again when the task starts over', async () => {
    const id = await ended(testTask(loop, hosts('a', 'b')))
    await send(id, 'start-over')
    await expect
      .poll(() => states(id))
      .toEqual(['each DONE 2', 'sum DONE 2', 'bad CLIENT_ERROR 2', 'each-0 DONE 2', 'each-1 DONE 2'])
    await expect.poll(() => stateOf(id)).toBe('paused step-failed')
  })
})

it('what was set by hand is read anew before anything starts, also when the resume came in the same breath', async () => {
  const steps = [
    testStep('each', {
      foreach: '["a","b"]',
      action: { type: 'echo', configuration: { output: '{{.iterator}}' } } as never,
    }),
    testStep('bad', { dependencies: after('each'), action: clientError }),
  ]
  const id = await ended(testTask(testTemplate(steps)))
  const [row] = await database.sql`select key_id, wrapped_key from payload where task_id = ${id}`
  const key = testKeys().open(id, row?.keyId, row?.wrappedKey)
  const payload = key.sealJson({ state: 'TODO' }, placeOf.signal)
  // Both lie in the mailbox when the task is taken up.
  await database.sql`
    insert into signal (task_id, kind, step_no, actor, payload)
    values (${id}, 'set-step-state', 2, 'ann', ${payload}), (${id}, 'resume', null, 'ann', null)`
  await engine.executor.applyNow(id)
  await expect
    .poll(async () =>
      (await findSteps(database.sql, [id])).map((step) => `${step.name} ${step.state} ${step.attemptNo}`),
    )
    .toEqual(['each DONE 1', 'bad CLIENT_ERROR 2', 'each-0 DONE 2', 'each-1 DONE 1'])
})
