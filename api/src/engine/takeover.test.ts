import type { TemplateStep } from '@stint/schema/template-types'
import { afterAll, describe, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { loseExecutor } from '../testing/lose-executor.ts'
import { after, holds, toyEngine } from '../testing/toy-engine.ts'
import { whyNotRunning } from './why.ts'

const { database, toys, engine, stop, taskOf, statesOf } = await toyEngine()
afterAll(stop)

const harmless = { type: 'hold-idempotent', configuration: {} }

/** A task whose steps of this name run when its executor is lost. */
async function lostWhile(step: TemplateStep, running: string): Promise<string> {
  const follower = testStep('after', { dependencies: after(step.name) })
  const { id } = await engine.createTask(testTask(testTemplate([step, follower])))
  await toys.running(running)
  await loseExecutor(engine, database)
  return id
}

const review = (id: string, stepNo: number | undefined, payload: unknown) =>
  engine.command(id, { kind: 'review-step', actor: 'ann', ...(stepNo !== undefined && { stepNo }), payload })

describe('a step whose executor is lost while it runs', () => {
  it('runs again where that is harmless', async () => {
    const { executorId: lost } = engine.executor
    const id = await lostWhile(testStep('a', { action: harmless }), 'a')
    const again = await toys.running('a')
    expect(again.attemptNo).toBe(2)
    again.finish()
    await engine.waitForStop(id, 10)
    expect(await taskOf(id)).toMatchObject({ state: 'stopped', result: 'success' })
    // The record names who ran each attempt, not who wrote down that the first one was lost.
    const attempts = await database.sql`
      select no, state, executor_id from attempt where task_id = ${id} and step_no = 0 order by no`
    const { executorId } = engine.executor
    expect(attempts).toEqual([
      { no: 1, state: 'CRASHED', executorId: lost },
      { no: 2, state: 'DONE', executorId },
    ])
    expect(executorId).not.toBe(lost)
  })

  it('waits for a decision where it may do things twice', async () => {
    const id = await lostWhile(testStep('a', { action: holds }), 'a')
    await engine.waitForStop(id, 10)
    expect(await taskOf(id)).toMatchObject({ state: 'paused', reason: 'needs-review' })
    expect(await statesOf(id)).toEqual({ a: 'CRASHED', after: 'TODO' })
    await review(id, 0, { decision: 'done', output: { by: 'hand' } })
    await engine.waitForStop(id, 10)
    expect(await statesOf(id)).toEqual({ a: 'DONE', after: 'DONE' })
  })

  it('runs again when its template says that this is harmless, whatever the action says', async () => {
    const id = await lostWhile(testStep('a', { action: holds, idempotent: true }), 'a')
    ;(await toys.running('a')).finish()
    await engine.waitForStop(id, 10)
    expect((await taskOf(id))?.result).toBe('success')
  })

  it('waits for a decision when its template says so, whatever the action says', async () => {
    const id = await lostWhile(testStep('a', { action: harmless, idempotent: false }), 'a')
    await engine.waitForStop(id, 10)
    expect(await taskOf(id)).toMatchObject({ reason: 'needs-review' })
  })

  it('is decided about item by item when it is a loop', async () => {
    const each = testStep('each', { foreach: '["x", "y"]', action: holds })
    const id = await lostWhile(each, 'each-0')
    await engine.waitForStop(id, 10)
    expect(await taskOf(id)).toMatchObject({ state: 'paused', reason: 'needs-review' })
    expect(await statesOf(id)).toEqual({
      each: 'EXPANDED',
      after: 'TODO',
      'each-0': 'CRASHED',
      'each-1': 'CRASHED',
    })
    await review(id, 2, { decision: 'done', output: 1 })
    await review(id, 3, { decision: 'run-again' })
    // The first one is what was cut off.
    await toys.running('each-1')
    ;(await toys.running('each-1')).finish()
    await engine.waitForStop(id, 10)
    expect((await taskOf(id))?.result).toBe('success')
  })

  it.each([
    ['mark-done', 'DONE', 'success'],
    ['skip', 'SKIPPED', 'warning'],
  ])('%s may be the one answer for all that were interrupted', async (decision, state, result) => {
    const each = testStep('each', { foreach: '["x", "y", "z"]', action: holds })
    const id = await lostWhile(each, 'each-2')
    await engine.waitForStop(id, 10)
    expect((await whyNotRunning(database.sql, id))?.sentence).toContain('step each-0 and 2 more')
    await review(id, undefined, { decision })
    await engine.waitForStop(id, 10)
    expect(await statesOf(id)).toMatchObject({
      'each-0': state,
      'each-1': state,
      'each-2': state,
      after: 'DONE',
    })
    expect((await taskOf(id))?.result).toBe(result)
    const asked = await database.sql`select data from event where task_id = ${id} and name = 'review-step'`
    expect(asked).toEqual([{ data: { decision, steps: ['each-0', 'each-1', 'each-2'] } }])
  })

  it('all of them run again when that is the answer', async () => {
    const id = await lostWhile(testStep('both', { foreach: '["x", "y"]', action: holds }), 'both-1')
    await engine.waitForStop(id, 10)
    // What was cut off.
    await toys.running('both-0')
    await review(id, undefined, { decision: 'run-again' })
    for (const name of ['both-0', 'both-1']) (await toys.running(name)).finish()
    await engine.waitForStop(id, 10)
    expect((await taskOf(id))?.result).toBe('success')
  })

  it('asks a person when three executors died over it in a row', async () => {
    const id = await lostWhile(testStep('a', { action: harmless }), 'a')
    for (let deaths = 1; deaths < 3; deaths++) {
      await toys.running('a')
      await loseExecutor(engine, database)
    }
    await engine.waitForStop(id, 10)
    expect(await taskOf(id)).toMatchObject({ state: 'paused', reason: 'needs-review' })
  })
})
