import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { testDatabase } from '../../testing/database.ts'
import { testEngine, testStep, testTask, testTemplate } from '../../testing/engine.ts'
import { ToyActions } from '../../testing/toy-actions.ts'
import { holds } from '../../testing/toy-engine.ts'
import { ActionRegistry } from '../action.ts'
import { setTestPoint } from '../test-points.ts'

const database = await testDatabase()
const toys = new ToyActions()
const registry = toys.register(new ActionRegistry())
const { engine, stop } = await testEngine(database, { registry, maxRunningActions: () => 1 })
afterAll(stop)
afterEach(() => setTestPoint('flush.written', undefined))

const create = (name: string) =>
  engine.createTask(testTask(testTemplate([testStep(name, { action: holds })])))

/** A task whose step waits for a place, behind those that waited before. */
async function createWaiting(name: string) {
  const place = engine.executor.slots.waiting + 1
  const { id } = await create(name)
  await vi.waitUntil(() => engine.executor.slots.waiting === place, { timeout: 5000 })
  return id
}

it('a place that the next in line no longer wants goes to the one behind it', async () => {
  await create('first')
  const first = await toys.running('first')
  const second = await createWaiting('second')
  const third = await createWaiting('third')

  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  setTestPoint('flush.written', () => {
    reached.resolve()
    return gate.promise
  })
  const paused = engine.command(second, { kind: 'pause', actor: 'tester' })
  await reached.promise
  // The place becomes free while the pause of the next in line is being written.
  first.finish()
  await vi.waitUntil(() => engine.executor.slots.taken === 0 || engine.executor.slots.waiting === 0)
  gate.resolve()
  await paused

  const running = await toys.running('third')
  running.finish()
  expect(await engine.waitForStop(third, 10)).toBe(true)
}, 20_000)
