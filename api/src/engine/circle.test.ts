import type { TemplateLock } from '@stint/schema/template-types'
import { afterAll, describe, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { holding, lockTalk, waits } from '../testing/locking.ts'
import { after, holds, toyEngine } from '../testing/toy-engine.ts'

const resourceLimits = new Map([['own', 1]])
const { database, toys, engine, stop, taskOf } = await toyEngine({ resourceLimits: () => resourceLimits })
afterAll(stop)

const { created, stateOf, reaches } = lockTalk({ engine, taskOf })

let births = 0

/** A child as the flush of a parent's step would write it. */
const childOf = (parent: string, name: string, locks: readonly TemplateLock[], given = {}, more = {}) =>
  created({
    ...holding(name, locks, given),
    ...more,
    parent: { id: parent, stepNo: 0, group: 1, index: births++, depth: 1, stopsWithParent: true },
  })

const limit = (resource: string, capacity: number, perMs?: number) => ({
  limits: [{ resource, capacity, ...(perMs && { perMs }) }],
})

/** A task that runs until `finish(name)`, with what it holds. */
async function parent(name: string, locks: readonly TemplateLock[], given = {}): Promise<string> {
  const id = await created(holding(name, locks, given))
  await reaches(id, { state: 'running' })
  return id
}

const finish = async (name: string) => (await toys.running(name)).finish()

async function allEndWell(ids: readonly string[]): Promise<void> {
  for (const id of ids) await reaches(id, { state: 'stopped', result: 'success' })
}

const refusedFor = async (id: string, members: readonly string[]) => {
  await reaches(id, { state: 'stopped', reason: 'lock-conflict', result: 'error' })
  const summary = (await taskOf(id))?.errorSummary ?? ''
  expect(summary).toMatch(/each of these tasks waits for the next/)
  for (const member of members) expect(summary).toContain(member)
}

describe('a limit of two slots', () => {
  it('is no circle while one of its holders stands outside: that one frees a slot', async () => {
    const [inside, outside, other] = [
      await parent('inside', [], limit('two', 2)),
      await parent('outside', [], limit('two', 2)),
      await parent('other', [waits('host/a')]),
    ]
    const first = await childOf(inside, 'first', [waits('host/a')])
    await reaches(first, { state: 'pending', reason: 'lock' })
    const second = await childOf(other, 'second', [], limit('two', 2))
    await reaches(second, { state: 'pending', reason: 'capacity' })
    for (const name of ['outside', 'second', 'other', 'first', 'inside']) await finish(name)
    await allEndWell([first, second, inside, outside, other])
  })

  it('is a circle when both of its holders stand in it, and the error names one way round', async () => {
    const holders = [
      await parent('h1', [], limit('pair', 2)),
      await parent('h2', [], limit('pair', 2)),
    ] as const
    const other = await parent('other', [waits('host/b')])
    const waiting = await childOf(other, 'waiting', [], limit('pair', 2))
    await reaches(waiting, { state: 'pending', reason: 'capacity' })
    const first = await childOf(holders[0], 'first', [waits('host/b')])
    await reaches(first, { state: 'pending', reason: 'lock' })
    // Only now nobody is left who could free a slot.
    const last = await childOf(holders[1], 'last', [waits('host/b')])
    await refusedFor(last, [last, other, waiting, holders[1]])
    for (const name of ['h2', 'waiting', 'other', 'first', 'h1']) await finish(name)
    await allEndWell([first, waiting, other, ...holders])
  })

  it('closes one through locks, sub-tasks of sub-tasks and a task that waits for another to stop', async () => {
    const [one, two] = [
      await parent('one', [], limit('mixed', 2)),
      await parent('two', [waits('host/c')], limit('mixed', 2)),
    ]
    const middle = await childOf(one, 'middle', [])
    await reaches(middle, { state: 'running' })
    const deep = await childOf(middle, 'deep', [waits('host/c')])
    await reaches(deep, { state: 'pending', reason: 'lock' })
    const later = await created({ ...holding('later', []), dependsOn: [two] })
    expect(await stateOf(later)).toEqual({ state: 'scheduled', reason: 'dependency' })
    const third = await parent('third', [waits('host/d')])
    const asks = await childOf(third, 'asks', [], limit('mixed', 2))
    await reaches(asks, { state: 'pending', reason: 'capacity' })
    const last = await childOf(two, 'last', [waits('host/d')])
    await refusedFor(last, [last, third, asks])
    for (const name of ['two', 'asks', 'third', 'deep', 'middle', 'one', 'later']) await finish(name)
    await allEndWell([one, two, middle, deep, third, asks, later])
  })
})

describe('what frees itself closes no circle', () => {
  it('a rate: its window passes', async () => {
    const [rated, other] = [
      await parent('rated', [waits('host/e')], limit('starts', 1, 1500)),
      await parent('other', [waits('host/f')]),
    ]
    const first = await childOf(rated, 'first', [waits('host/f')])
    await reaches(first, { state: 'pending', reason: 'lock' })
    const second = await childOf(other, 'second', [], limit('starts', 1, 1500))
    for (const name of ['second', 'other', 'first', 'rated']) await finish(name)
    await allEndWell([rated, other, first, second])
  })

  it('a parent whose step does not wait for the child any more', async () => {
    const [left, other] = [await parent('left', [waits('host/g')]), await parent('other', [waits('host/h')])]
    const orphan = await childOf(left, 'orphan', [waits('host/h')])
    await reaches(orphan, { state: 'pending', reason: 'lock' })
    await database.sql`update step set state = 'DONE' where task_id = ${left} and no = 0`
    const second = await childOf(other, 'second', [waits('host/g')])
    await reaches(second, { state: 'pending', reason: 'lock' })
    for (const name of ['left', 'second', 'other', 'orphan']) await finish(name)
    await allEndWell([left, other, orphan, second])
  })

  it('a slot that the task itself has: its steps stand on it', async () => {
    const steps = [
      testStep('before', { action: holds }),
      testStep('inner', { action: holds, resources: ['own'], dependencies: after('before') }),
    ]
    const id = await created(testTask(testTemplate(steps, limit('own', 1))))
    await finish('before')
    await finish('inner')
    await allEndWell([id])
  })
})

it('a circle through the second in a queue is broken too: the first is served, then it would stand', async () => {
  const [a, b, free] = [
    await parent('a', [waits('host/i')]),
    await parent('b', [waits('host/j')]),
    await parent('free', [waits('host/k')]),
  ]
  const ahead = await parent('urgent', [waits('host/own')])
  const head = await childOf(ahead, 'head', [waits('host/k')])
  await reaches(head, { state: 'pending', reason: 'lock' })
  const both = await childOf(a, 'both', [waits('host/j'), waits('host/k')])
  await reaches(both, { state: 'pending', reason: 'lock' })
  // Behind both, which waits for its parent: it is let past rather than refused, since nobody who stands holds what it wants.
  const late = await childOf(b, 'late', [waits('host/k')])
  await reaches(late, { state: 'pending', reason: 'lock' })
  // Whoever is free to go may: `both` and `head` go in either order.
  for (const name of ['free', 'late', 'b']) await finish(name)
  await Promise.all(['head', 'urgent', 'both', 'a'].map(finish))
  await allEndWell([a, b, free, ahead, head, both, late])
})
