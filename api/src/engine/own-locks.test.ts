import { afterAll, describe, expect, it } from 'vitest'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { holding, lockTalk, waits } from '../testing/locking.ts'
import { toyEngine } from '../testing/toy-engine.ts'

const { database, toys, engine, stop, taskOf } = await toyEngine()
afterAll(stop)

const { created, stateOf, reaches } = lockTalk({ engine, taskOf })

describe('several locks of one task on one resource', () => {
  it.each([
    ['an operation and every one', [{ operation: 'reboot' }, {}]],
    ['every one and an operation', [{}, { operation: 'reboot' }]],
    ['an operation shared and every one', [{ mode: 'shared' as const, operation: 'look' }, {}]],
    ['every one shared and an operation', [{ mode: 'shared' as const }, { operation: 'reboot' }]],
  ])('%s', async (name, locks) => {
    const resource = `own/${name.replaceAll(' ', '-')}`
    const first = await created(
      holding(
        name,
        locks.map((given) => waits(resource, given)),
      ),
    )
    const running = await toys.running(name)
    const second = await created(
      holding(
        `${name} again`,
        locks.map((given) => waits(resource, given)),
      ),
    )
    expect(await stateOf(second)).toEqual({ state: 'pending', reason: 'lock' })
    running.finish()
    ;(await toys.running(`${name} again`)).finish()
    for (const id of [first, second]) await reaches(id, { state: 'stopped', result: 'success' })
  })
})

it('a rate that a task was counted by stands for no lock of it', async () => {
  const counted = { limits: [{ resource: 'hourly', capacity: 10, perMs: 3_600_000 }] }
  const fails = testStep('fails', { action: { type: 'flaky', configuration: { kind: 'client' } } })
  const first = await created(testTask(testTemplate([fails], { locks: [waits('host/rated')], ...counted })))
  await reaches(first, { state: 'paused', reason: 'step-failed' })
  await engine.command(first, { kind: 'unlock', actor: 'tester' })
  await reaches(first, { state: 'stopped', reason: 'unlocked' })
  const second = await created(holding('rated', [waits('host/rated')]))
  const running = await toys.running('rated')
  await engine.command(first, { kind: 'resume', actor: 'tester' })
  await reaches(first, { state: 'pending', reason: 'lock' })
  running.finish()
  for (const id of [first, second]) await reaches(id, { state: 'stopped', result: 'success' })
  expect(await database.sql`select from hold where resource_id = 'hourly'`).toHaveLength(1)
})
