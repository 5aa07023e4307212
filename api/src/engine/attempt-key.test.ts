import { afterAll, beforeEach, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { loseExecutor } from '../testing/lose-executor.ts'
import { after, clientError, toyEngine } from '../testing/toy-engine.ts'
import { ActionError } from './action.ts'

const keys: string[] = []
let outcomes: ('client' | 'server' | 'wait' | 'hang')[] = []
beforeEach(() => {
  keys.length = 0
})

const { database, registry, engine, stop, taskOf, statesOf } = await toyEngine()
afterAll(stop)
registry.add({
  type: 'keyed',
  description: 'keeps the key that it was handed',
  configuration: {},
  idempotent: true,
  run: (_, { attempt }) => {
    keys.push(attempt.key)
    const outcome = outcomes.shift()
    if (outcome === 'hang') return new Promise(() => {})
    if (outcome === 'wait') return { wait: { until: new Date(Date.now() + 20) } }
    if (outcome) throw new ActionError(outcome, 'not yet')
    return {}
  },
})

const keyed = testStep('keyed', {
  action: { type: 'keyed', configuration: {} },
  retryPattern: 'seconds',
})
const fails = testStep('fails', { action: clientError, dependencies: after('keyed') })
const paused = async (id: string) =>
  expect.poll(async () => (await taskOf(id))?.state, { timeout: 10_000, interval: 10 }).toBe('paused')
const send = (id: string, kind: 'resume' | 'start-over' | 'retry-step', stepNo?: number) =>
  engine.command(id, { kind, actor: 'tester', ...(stepNo !== undefined && { stepNo }) })

it('the key is the same after a wait and after a takeover', async () => {
  outcomes = ['wait', 'hang']
  const { id } = await engine.createTask(testTask(testTemplate([keyed])))
  await expect.poll(() => keys.length, { timeout: 20_000 }).toBe(2)
  await loseExecutor(engine, database)
  expect(await engine.waitForStop(id, 20)).toBe(true)
  expect(await statesOf(id)).toEqual({ keyed: 'DONE' })
  expect(keys).toHaveLength(3)
  expect(new Set(keys)).toEqual(new Set([`${id}/0`]))
})

it('the key is another one when a person lets the step run again, and stays that for the retries that follow', async () => {
  outcomes = ['client', 'server', 'hang']
  const { id } = await engine.createTask(testTask(testTemplate([keyed])))
  await paused(id)
  await send(id, 'retry-step', 0)
  await expect.poll(() => keys.length, { timeout: 20_000 }).toBe(3)
  await loseExecutor(engine, database)
  expect(await engine.waitForStop(id, 20)).toBe(true)
  const [first, second, ...rest] = keys
  expect(second).not.toBe(first)
  expect(rest).toEqual([second, second])
})

it('the key is another one when the task is started over or the step is set back', async () => {
  outcomes = []
  const { id } = await engine.createTask(testTask(testTemplate([keyed, fails])))
  await paused(id)
  await send(id, 'start-over')
  await expect.poll(() => keys.length, { timeout: 10_000 }).toBe(2)
  await paused(id)
  await engine.command(id, { kind: 'set-step-state', stepNo: 0, actor: 'tester', payload: { state: 'TODO' } })
  await send(id, 'resume')
  await expect.poll(() => keys.length, { timeout: 10_000 }).toBe(3)
  expect(new Set(keys).size).toBe(3)
})
