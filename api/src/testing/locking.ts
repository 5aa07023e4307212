import type { TemplateLock } from '@stint/schema/template-types'
import { expect } from 'vitest'
import { testStep, testTask, testTemplate } from './engine.ts'
import { holds, type toyEngine } from './toy-engine.ts'

/** An exclusive lock that waits, unless said otherwise. */
export const waits = (resource: string, given: Partial<TemplateLock> = {}): TemplateLock => ({
  resource,
  mode: 'exclusive',
  onConflict: 'wait',
  ...given,
})

/** A task of one step that runs until it is told to finish, with these locks. */
export const holding = (name: string, locks: readonly TemplateLock[], given = {}) =>
  testTask(testTemplate([testStep(name, { action: holds })], { locks, ...given }))

/** What tests of locks ask of an engine. */
export const lockTalk = ({
  engine,
  taskOf,
}: Pick<Awaited<ReturnType<typeof toyEngine>>, 'engine' | 'taskOf'>) => ({
  created: async (request: ReturnType<typeof testTask>) => (await engine.createTask(request)).id,
  stateOf: async (id: string) => {
    const row = await taskOf(id)
    return row && { state: row.state, reason: row.reason }
  },
  reaches: (id: string, expected: object) =>
    expect.poll(() => taskOf(id), { timeout: 10_000, interval: 10 }).toMatchObject(expected),
})
