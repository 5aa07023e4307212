import { afterAll, describe, expect, it } from 'vitest'
import { chain, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { after, clientError, holds, toyEngine } from '../testing/toy-engine.ts'
import { findSteps } from './store/step.ts'

const { database, toys, engine, stop, taskOf, statesOf, ended } = await toyEngine()
afterAll(stop)

describe('retries', () => {
  it('wait for their due time without holding the task, each step its own', async () => {
    const flaky = testStep('flaky', { action: { type: 'flaky', configuration: { failures: 1 } } })
    const { id } = await engine.createTask(testTask(testTemplate([flaky, testStep('other')])))
    await expect.poll(async () => (await taskOf(id))?.reason).toBe('retrying')
    expect(await taskOf(id)).toMatchObject({ state: 'running', executorId: null, retryCount: 1 })
    const [step] = await findSteps(database.sql, [id])
    const delayMs = Number(step?.dueAt) - Number(step?.endedAt)
    expect(delayMs).toBeGreaterThanOrEqual(8_999)
    expect(delayMs).toBeLessThanOrEqual(11_001)
    // The due time is moved to now: what follows is what the timer does.
    await database.sql`update step set due_at = now() where task_id = ${id} and no = 0`
    await database.sql`update timer set due_at = now() where task_id = ${id}`
    await database.sql`select pg_notify('stint_timers', '0')`
    await engine.waitForStop(id, 5)
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'success' })
    expect((await findSteps(database.sql, [id]))[0]).toMatchObject({ state: 'DONE', tryCount: 2 })
  })

  it('end when max_retries are used up', async () => {
    const step = testStep('flaky', {
      maxRetries: -1,
      action: { type: 'flaky', configuration: { failures: 9 } },
    })
    const id = await ended(testTask(testTemplate([step], { retryMax: 0 })))
    expect(await taskOf(id)).toMatchObject({ state: 'paused', reason: 'retries-exhausted' })
  })
})

describe('commands', () => {
  it('to a task that is over are refused, also many at once', async () => {
    const id = await ended(testTask(testTemplate([testStep('only')])))
    const command = () => engine.command(id, { kind: 'pause', actor: 'x' })
    const answers = await Promise.allSettled(Array.from({ length: 40 }, command))
    const codes = answers.map((each) => each.status === 'rejected' && each.reason.code)
    expect(new Set(codes)).toEqual(new Set(['not-allowed-now']))
  })

  it('cancel a running task: its action is asked to stop, nothing follows', async () => {
    const steps = [testStep('long', { action: holds }), testStep('next', { dependencies: after('long') })]
    const { id } = await engine.createTask(testTask(testTemplate(steps)))
    const held = await toys.running('long')
    await engine.command(id, { kind: 'cancel', actor: 'ann' })
    await engine.waitForStop(id, 5)
    expect(held.signal.aborted).toBe(true)
    expect(await statesOf(id)).toEqual({ long: 'CANCELLED', next: 'CANCELLED' })
    const ended = { state: 'stopped', result: 'cancelled', reason: 'cancelled', progress: 0 }
    expect(await taskOf(id)).toMatchObject(ended)
    await expect(engine.command(id, { kind: 'resume', actor: 'ann' })).rejects.toMatchObject({
      code: 'not-allowed-now',
    })
  })

  it('cancel a task that waits for its time, and one that waits for a person', async () => {
    const later = new Date(Date.now() + 3_600_000)
    const { id: scheduled } = await engine.createTask(
      testTask(testTemplate(chain(['a'])), { startAt: later }),
    )
    const { id: unapproved } = await engine.createTask(
      testTask(testTemplate(chain(['a'])), { isApproved: false }),
    )
    expect(await taskOf(scheduled)).toMatchObject({ state: 'scheduled', reason: 'start-at' })
    expect(await taskOf(unapproved)).toMatchObject({ state: 'pending', reason: 'approval' })
    for (const id of [scheduled, unapproved]) {
      await engine.command(id, { kind: 'cancel', actor: 'ann' })
      expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'cancelled' })
    }
    expect(await database.sql`select from timer where task_id = ${scheduled}`).toHaveLength(0)
  })

  it('pause after the running step, resume with the next', async () => {
    const steps = [testStep('one', { action: holds }), testStep('two', { dependencies: after('one') })]
    const { id } = await engine.createTask(testTask(testTemplate(steps)))
    const held = await toys.running('one')
    await engine.command(id, { kind: 'pause', actor: 'ann' })
    expect((await taskOf(id))?.state).toBe('running')
    held.finish()
    await engine.waitForStop(id, 5)
    expect(await taskOf(id)).toMatchObject({ state: 'paused', reason: 'by-user' })
    expect(await statesOf(id)).toEqual({ one: 'DONE', two: 'TODO' })
    await engine.command(id, { kind: 'resume', actor: 'ann' })
    await engine.waitForStop(id, 5)
    expect((await taskOf(id))?.result).toBe('success')
  })

  it('leave a task that waits for approval alone until it is accepted', async () => {
    const { id } = await engine.createTask(testTask(testTemplate(chain(['a'])), { isApproved: false }))
    expect(await engine.whyNotRunning(id)).toMatchObject({ code: 'approval' })
    await engine.command(id, { kind: 'resolve', actor: 'bea', payload: { size: 3 } })
    await engine.waitForStop(id, 5)
    expect((await taskOf(id))?.result).toBe('success')
    const { id: unwanted } = await engine.createTask(
      testTask(testTemplate(chain(['a'])), { isApproved: false }),
    )
    await engine.command(unwanted, { kind: 'reject', actor: 'bea' })
    expect(await taskOf(unwanted)).toMatchObject({
      state: 'stopped',
      result: 'cancelled',
      reason: 'rejected',
    })
  })

  it('say so when there is no such task', async () => {
    const nobody = '01a1f82b-33ee-7057-ae1e-e3a86d308ccb'
    await expect(engine.command(nobody, { kind: 'cancel', actor: 'ann' })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(engine.comment(nobody, 'ann', 'hello')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('waiting', () => {
  it('for a time holds nothing in memory and goes on by itself', async () => {
    const steps = [
      testStep('nap', { action: { type: 'wait', configuration: { for: '2500ms' } } }),
      testStep('follower', { dependencies: after('nap') }),
    ]
    const { id } = await engine.createTask(testTask(testTemplate(steps)))
    await expect.poll(async () => (await taskOf(id))?.reason).toBe('waiting-until')
    // One that is due within a second would stay.
    await expect.poll(() => engine.executor.runs.has(id), { timeout: 1_400, interval: 10 }).toBe(false)
    await engine.waitForStop(id, 20)
    expect(await statesOf(id)).toEqual({ nap: 'DONE', follower: 'DONE' })
    expect((await findSteps(database.sql, [id]))[0]).toMatchObject({ tryCount: 1, attemptNo: 2 })
  })

  it('starts a scheduled task when its time comes', async () => {
    const { id } = await engine.createTask(
      testTask(testTemplate(chain(['a'])), { startAt: new Date(Date.now() + 200) }),
    )
    expect((await taskOf(id))?.state).toBe('scheduled')
    await engine.waitForStop(id, 5)
    expect((await taskOf(id))?.result).toBe('success')
  })

  it('past its deadline stops it as missed', async () => {
    const times = { startAt: new Date(Date.now() + 60_000), startBefore: new Date(Date.now() + 60_500) }
    const { id } = await engine.createTask(testTask(testTemplate(chain(['a'])), times))
    await database.sql`update task set start_before = now() where id = ${id}`
    await database.sql`update timer set due_at = now() where task_id = ${id} and kind = 'deadline'`
    await database.sql`select pg_notify('stint_timers', '0')`
    await engine.waitForStop(id, 5)
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'error', reason: 'missed-deadline' })
  })
})

describe('dependencies between tasks', () => {
  it('start the follower when all have stopped; a warning does not hold it back', async () => {
    const { id: first } = await engine.createTask(testTask(testTemplate([testStep('h', { action: holds })])))
    const second = await ended(
      testTask(testTemplate([testStep('bad', { action: clientError })], { onError: 'skip' })),
    )
    const { id } = await engine.createTask(
      testTask(testTemplate(chain(['a'])), { dependsOn: [first, second] }),
    )
    expect(await taskOf(id)).toMatchObject({ state: 'scheduled', reason: 'dependency' })
    expect(await engine.whyNotRunning(id)).toMatchObject({ code: 'dependency', taskId: first })
    ;(await toys.running('h')).finish()
    await engine.waitForStop(id, 5)
    expect((await taskOf(id))?.result).toBe('success')
  })

  it('stop the follower when one failed, also when it had failed before', async () => {
    const failed = await ended(
      testTask(testTemplate([testStep('bad', { action: clientError })], { onError: 'fail' })),
    )
    const { id } = await engine.createTask(testTask(testTemplate(chain(['a'])), { dependsOn: [failed] }))
    await engine.waitForStop(id, 5)
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'error', reason: 'dependency-failed' })
  })

  it('on a task that does not exist are refused', async () => {
    const request = testTask(testTemplate(chain(['a'])), {
      dependsOn: ['01a1f82b-33ee-7057-ae1e-e3a86d308ccb'],
    })
    await expect(engine.createTask(request)).rejects.toMatchObject({ code: 'not-found' })
  })
})
