import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '../testing/database.ts'
import { chain, testEngine, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { after, clientError, holds, toyEngine } from '../testing/toy-engine.ts'
import { findSteps } from './store/step.ts'
import { setTestPoint } from './test-points.ts'

const { database, toys, registry, engine, stop, taskOf, statesOf, ended } = await toyEngine()
afterAll(stop)

const eventsOf = (id: string) =>
  database.sql`select seq, kind, name from event where task_id = ${id} order by seq`

describe('a task', () => {
  it('runs a chain to success, each step once', async () => {
    const names = ['a', 'b', 'c', 'd']
    const id = await ended(testTask(testTemplate(chain(names))))
    expect(await taskOf(id)).toMatchObject({
      state: 'stopped',
      result: 'success',
      progress: 1,
      executorId: null,
    })
    const steps = await findSteps(database.sql, [id])
    expect(steps.map((s) => [s.name, s.state, s.tryCount, s.attemptNo])).toEqual(
      names.map((name) => [name, 'DONE', 1, 1]),
    )
  })

  it('tells how far it has come also while its next step is silent', async () => {
    const steps = [...chain(['a', 'b']), testStep('silent', { action: holds, dependencies: after('b') })]
    const { id } = await engine.createTask(testTask(testTemplate(steps)))
    const silent = await toys.running('silent')
    const progress = async () => (await taskOf(id))?.progress
    await expect.poll(progress, { timeout: 5_000, interval: 20 }).toBeCloseTo(2 / 3)
    silent.finish()
    await engine.waitForStop(id, 5)
  })

  it.each([
    ['pause', 'paused', 1 / 3],
    ['fail', 'stopped', 1 / 3],
    ['skip', 'stopped', 1],
  ] as const)('whose second step of three failed has done one of them: %s', async (onError, state, share) => {
    const steps = [
      testStep('a'),
      testStep('b', { dependencies: after('a'), action: clientError }),
      testStep('c', { dependencies: after('b') }),
    ]
    const id = await ended(testTask(testTemplate(steps, { onError })))
    const row = await taskOf(id)
    expect(row).toMatchObject({ state })
    expect(row?.progress).toBeCloseTo(share)
  })

  it('takes back what a failed step had told of its share, and counts it when it is skipped', async () => {
    const { id } = await engine.createTask(testTask(testTemplate([testStep('half', { action: holds })])))
    const half = await toys.running('half')
    half.progress(9, 10)
    const progress = async () => (await taskOf(id))?.progress
    await expect.poll(progress, { timeout: 5_000, interval: 20 }).toBeCloseTo(0.9)
    half.fail(new Error('no'))
    await expect.poll(async () => (await statesOf(id)).half, { timeout: 5_000 }).not.toBe('RUNNING')
    await engine.command(id, { kind: 'pause', actor: 'ann' })
    await expect.poll(async () => (await taskOf(id))?.state, { timeout: 5_000 }).toBe('paused')
    expect(await progress()).toBe(0)
    await engine.command(id, { kind: 'skip-step', actor: 'ann', stepNo: 0 })
    await expect.poll(progress, { timeout: 5_000 }).toBe(1)
  })

  it('without steps is done at once', async () => {
    const id = await ended(testTask(testTemplate([])))
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'success' })
  })

  it('has a record without gaps', async () => {
    const id = await ended(testTask(testTemplate(chain(['a', 'b'])), { comment: 'first' }))
    const events = await eventsOf(id)
    expect(events.map((e) => e.seq)).toEqual(events.map((_, index) => index + 1))
    expect(events.map((e) => `${e.kind} ${e.name}`)).toEqual([
      'task pending',
      'comment comment',
      'task running',
      'task stopped',
    ])
    expect((await taskOf(id))?.lastSeq).toBe(events.length)
  })

  it('of the same owner and idempotency key is created once, also by racing requests', async () => {
    const request = testTask(testTemplate(chain(['a'])), { idempotencyKey: 'once' })
    const created = await Promise.all(Array.from({ length: 8 }, () => engine.createTask(request)))
    expect(new Set(created.map((each) => each.id)).size).toBe(1)
    expect(created.filter((each) => each.isNew)).toHaveLength(1)
    const other = { ...request, template: testTemplate(chain(['a']), { name: 'another' }) }
    await expect(engine.createTask(other)).rejects.toMatchObject({ code: 'idempotency-mismatch' })
  })
})

it('that several hints speak of at once has one runner', async () => {
  const idle = await testEngine(database, { registry, capacity: 0 })
  const tasks = Array.from({ length: 150 }, () =>
    idle.engine.createTask(
      testTask(testTemplate([testStep('once', { action: { type: 'count', configuration: {} } })])),
    ),
  )
  const ids = (await Promise.all(tasks)).map((task) => task.id)
  const before = toys.runs.length
  await engine.executor.hint([...ids, ...ids, ...ids.toReversed()])
  for (const id of ids) expect(await engine.waitForStop(id, 20)).toBe(true)
  expect(toys.runs.length - before).toBe(150)
  await idle.stop()
})

describe('the graph', () => {
  it('runs independent steps side by side, and a follower after both', async () => {
    const steps = [
      testStep('left', { action: holds }),
      testStep('right', { action: holds }),
      testStep('join', { dependencies: after('left', 'right') }),
    ]
    const { id } = await engine.createTask(testTask(testTemplate(steps)))
    const [left, right] = await Promise.all([toys.running('left'), toys.running('right')])
    left.finish()
    right.finish()
    await engine.waitForStop(id, 5)
    expect(await statesOf(id)).toEqual({ left: 'DONE', right: 'DONE', join: 'DONE' })
  })

  it('starts no more steps at once than max_parallel', async () => {
    const steps = ['p1', 'p2', 'p3'].map((name) => testStep(name, { action: holds }))
    const { id } = await engine.createTask(testTask(testTemplate(steps, { maxParallel: 2 })))
    const [first, second] = await Promise.all([toys.running('p1'), toys.running('p2')])
    expect(await statesOf(id)).toEqual({ p1: 'RUNNING', p2: 'RUNNING', p3: 'TODO' })
    first.finish()
    ;(await toys.running('p3')).finish()
    second.finish()
    await engine.waitForStop(id, 5)
    expect((await taskOf(id))?.result).toBe('success')
  })
})

describe('a step that fails', () => {
  it('for good pauses the task, says why, and goes on where it failed when resumed', async () => {
    const steps = [
      testStep('a'),
      testStep('b', {
        dependencies: after('a'),
        action: { type: 'flaky', configuration: { kind: 'client', failures: 1, message: 'no quota' } },
      }),
      testStep('c', { dependencies: after('b') }),
    ]
    const id = await ended(testTask(testTemplate(steps)))
    expect(await taskOf(id)).toMatchObject({
      state: 'paused',
      reason: 'step-failed',
      errorSummary: 'b: no quota',
      executorId: null,
    })
    expect(await engine.whyNotRunning(id)).toMatchObject({ code: 'step-failed', stepNo: 1 })
    await engine.command(id, { kind: 'resume', actor: 'ann' })
    await engine.waitForStop(id, 5)
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'success', errorSummary: null })
    const steps2 = await findSteps(database.sql, [id])
    expect(steps2.map((s) => [s.name, s.state, s.attemptNo])).toEqual([
      ['a', 'DONE', 1],
      ['b', 'DONE', 2],
      ['c', 'DONE', 1],
    ])
  })

  it('does not keep an independent branch from finishing', async () => {
    const steps = [testStep('bad', { action: clientError }), ...chain(['x', 'y', 'z'])]
    const id = await ended(testTask(testTemplate(steps)))
    expect(await statesOf(id)).toEqual({ bad: 'CLIENT_ERROR', x: 'DONE', y: 'DONE', z: 'DONE' })
    expect((await taskOf(id))?.state).toBe('paused')
  })

  it('is tolerated by on_error skip: a warning', async () => {
    const steps = [testStep('bad', { action: clientError }), testStep('next', { dependencies: after('bad') })]
    const id = await ended(testTask(testTemplate(steps, { onError: 'skip' })))
    expect(await statesOf(id)).toEqual({ bad: 'SKIPPED', next: 'DONE' })
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'warning' })
  })

  it('ends the task by on_error fail: an error, nothing else starts', async () => {
    const steps = [testStep('bad', { action: clientError }), testStep('next', { dependencies: after('bad') })]
    const id = await ended(testTask(testTemplate(steps, { onError: 'fail' })))
    expect(await statesOf(id)).toEqual({ bad: 'CLIENT_ERROR', next: 'PRUNE' })
    expect(await taskOf(id)).toMatchObject({
      state: 'stopped',
      result: 'error',
      errorSummary: 'bad: no quota',
    })
  })

  it('can be skipped by hand: the rest goes on, with a warning', async () => {
    const steps = [testStep('bad', { action: clientError }), testStep('next', { dependencies: after('bad') })]
    const id = await ended(testTask(testTemplate(steps)))
    await engine.command(id, { kind: 'skip-step', stepNo: 0, actor: 'ann' })
    await engine.waitForStop(id, 5)
    expect(await statesOf(id)).toEqual({ bad: 'SKIPPED', next: 'DONE' })
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'warning' })
  })

  it('of an unknown action fails with that reason', async () => {
    const id = await ended(
      testTask(testTemplate([testStep('a', { action: { type: 'nope', configuration: {} } })])),
    )
    expect(await taskOf(id)).toMatchObject({
      state: 'paused',
      errorSummary: 'a: this executor knows no action "nope"',
    })
  })
})

describe('the log of a step', () => {
  it('is stored sealed and in order while the step runs', async () => {
    const { id } = await engine.createTask(testTask(testTemplate([testStep('talk', { action: holds })])))
    const held = await toys.running('talk')
    held.log('one\n')
    await expect.poll(async () => (await engine.reader.log(id, 0, 1, 0, 10)).length).toBe(1)
    held.log('two\n')
    held.finish()
    await engine.waitForStop(id, 5)
    const log = await engine.reader.log(id, 0, 1, 0, 10)
    expect(log.map((chunk) => chunk.text).join('')).toBe('one\ntwo\n')
    const [row] = await database.sql`select data from output where task_id = ${id} limit 1`
    expect(row?.data.toString()).not.toContain('one')
  })
})

describe('hints', () => {
  it('of many flushes reach an executor that comes later: none replaces another', async () => {
    const other = await testDatabase()
    const server = await testEngine(other, { registry, capacity: 0, role: 'serve' })
    const ids: string[] = []
    for (let flush = 0; flush < 4; flush++) {
      const created = await Promise.all(
        Array.from({ length: 5 }, () => server.engine.createTask(testTask(testTemplate(chain(['a']))))),
      )
      ids.push(...created.map((each) => each.id))
    }
    const worker = await testEngine(other, { registry })
    for (const id of ids) expect(await server.engine.waitForStop(id, 5)).toBe(true)
    expect(server.engine.counts.found + worker.engine.counts.found).toBe(0)
    await worker.stop()
    await server.stop()
  })
})

describe('mail that races with a release', () => {
  it('is read: the task is taken up again', async () => {
    const hold = Promise.withResolvers<void>()
    const committed = Promise.withResolvers<void>()
    const failing = testStep('bad', { action: clientError })
    const { id } = await engine.createTask(
      testTask(testTemplate([testStep('one', { action: holds }), failing])),
    )
    const held = await toys.running('one')
    // The flush that hands the task back is committed, but its answer has not come yet.
    setTestPoint('flush.committed', async () => {
      if ((await taskOf(id))?.state !== 'paused') return
      committed.resolve()
      await hold.promise
    })
    held.finish()
    await committed.promise
    const skipped = engine.command(id, { kind: 'skip-step', stepNo: 1, actor: 'ann' })
    await expect
      .poll(async () => (await database.sql`select from signal where task_id = ${id}`).length)
      .toBe(1)
    setTestPoint('flush.committed', undefined)
    hold.resolve()
    await skipped
    await expect.poll(async () => (await taskOf(id))?.result).toBe('warning')
  })
})
