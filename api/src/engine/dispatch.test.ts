import { afterAll, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { holds, toyEngine } from '../testing/toy-engine.ts'
import { findUnhinted } from './store/hint.ts'

// One task at a time: everything else waits in the queue.
const { database, toys, engine, stop, taskOf } = await toyEngine({ capacity: 1 })
afterAll(stop)

const of = (name: string, owner: string, priority = 0) =>
  engine.createTask({
    ...testTask(testTemplate([testStep(name, { action: holds })])),
    owner: { name: owner },
    priority,
  })

/** Ends what runs until so many have run; their names in order. */
async function order(count: number): Promise<string[]> {
  const names: string[] = []
  while (names.length < count) {
    await expect.poll(() => toys.held.length, { timeout: 20_000, interval: 5 }).toBe(1)
    const held = toys.held.shift()
    names.push(held?.name ?? '')
    held?.finish()
  }
  return names
}

it('the one task of somebody does not stand behind all those of somebody else', async () => {
  await of('first', 'anna')
  const first = await toys.running('first')
  for (let i = 0; i < 8; i++) await of(`anna${i}`, 'anna')
  const { id } = await of('bert', 'bert')
  first.finish()
  const names = await order(9)
  expect(names.indexOf('bert')).toBeLessThanOrEqual(1)
  expect(names.filter((name) => name !== 'bert')).toEqual(Array.from({ length: 8 }, (_, i) => `anna${i}`))
  await expect.poll(() => taskOf(id), { timeout: 10_000 }).toMatchObject({ state: 'stopped' })
})

it('a higher priority goes first, whoever asks', async () => {
  await of('running', 'anna')
  const running = await toys.running('running')
  for (const [name, priority] of [
    ['low', -5],
    ['plain', 0],
    ['high', 7],
  ] as const)
    await of(name, 'anna', priority)
  running.finish()
  expect(await order(3)).toEqual(['high', 'plain', 'low'])
})

it('a new task stands behind those that wait already, also when a place is free at that moment', async () => {
  await of('busy', 'anna')
  const busy = await toys.running('busy')
  await of('waiting', 'anna')
  busy.finish()
  await of('late', 'anna')
  expect(await order(2)).toEqual(['waiting', 'late'])
})

it('what waits in the queue because everybody is full is not taken for lost', async () => {
  await of('full', 'anna')
  const full = await toys.running('full')
  const { id } = await of('behind', 'anna')
  await expect.poll(async () => await findUnhinted(database.sql, 0, 10), { timeout: 10_000 }).toEqual([])
  expect(await taskOf(id)).toMatchObject({ state: 'pending', executorId: null })
  full.finish()
  ;(await toys.running('behind')).finish()
  await expect.poll(() => taskOf(id), { timeout: 10_000 }).toMatchObject({ state: 'stopped' })
})
