import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { testStep, testTask, testTemplate } from '../testing/engine.ts'
import { toyEngine } from '../testing/toy-engine.ts'
import { ActionRegistry, type ActionResult } from './action.ts'
import { waitAction } from './actions/wait.ts'
import { isPassing } from './flush-connection.ts'

/** What plug-ins answer that no type checker ever saw. */
const answers: Record<string, unknown> = {
  nothing: undefined,
  'no object': 'done',
  'a tag that is a number': { tags: { n: 5 } },
  'a tag with a NUL byte': { tags: { n: 'a\u0000b' } },
  'half a character in a tag': { tags: { n: 'a\ud800b' } },
  'a time that is a text': { wait: { until: '2030-01-01' } },
  'no time': { wait: { until: new Date(Number.NaN) } },
}

const registry = new ActionRegistry().add(waitAction(systemClock))
for (const [name, answer] of Object.entries(answers)) {
  for (const isAsync of [false, true])
    registry.add({
      type: `${name}${isAsync ? ', later' : ''}`,
      description: 'answers what it must not',
      configuration: {},
      idempotent: true,
      run: () => (isAsync ? Promise.resolve(answer) : answer) as ActionResult,
    })
}
const { engine, stop, taskOf } = await toyEngine({ registry })
afterAll(stop)

const ran = async (type: string) => {
  const template = testTemplate([testStep('a', { action: { type, configuration: {} }, maxRetries: 1 })])
  const { id } = await engine.createTask(testTask(template))
  expect(await engine.waitForStop(id, 5)).toBe(true)
  return taskOf(id)
}

describe('what an action must not answer ends its step, and nothing else', () => {
  it.each(
    registry
      .all()
      .map(({ type }) => type)
      .filter((type) => type !== 'wait'),
  )('%s', async (type) => {
    const row = await ran(type)
    expect([row?.state, row?.executorId]).toEqual([row?.state, null])
    expect(['stopped', 'paused']).toContain(row?.state)
    expect(engine.executor.forgotten).toBe(0)
  })
})

describe('a flush is tried again when the database did not speak of what was written', () => {
  const lost = Object.assign(new TypeError("Cannot read properties of null (reading 'write')"), {
    stack: 'TypeError\n    at write (/node_modules/postgres/src/connection.js:1:1)',
  })
  it.each([
    ['a connection that the driver lost', lost, true],
    ['an error without a code', new Error('connection closed'), true],
    ['more than a string can hold', new RangeError('Invalid string length'), false],
    ['what has no such method', new TypeError('value.getTime is not a function'), false],
  ])('%s', (_, error, again) => expect(isPassing(error)).toBe(again))
})
