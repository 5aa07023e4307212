import { expect, test } from 'vitest'
import { databaseUnavailable } from './unavailable.ts'

const withCode = (code: string) => Object.assign(new Error('x'), { code })

test.each([
  ['a closed connection', withCode('CONNECTION_CLOSED'), true],
  ['a server that stops', withCode('57P01'), true],
  [
    'one of them as a cause',
    new Error('x', { cause: new Error('y', { cause: withCode('ECONNREFUSED') }) }),
    true,
  ],
  ['a bug', new TypeError('x'), false],
  ['a broken rule of a table', withCode('23505'), false],
  ['nothing', undefined, false],
])('%s', (_, error, isGone) => {
  expect(databaseUnavailable(error)?.code).toBe(isGone ? 'database-unavailable' : undefined)
})

test('an error that is its own cause is looked at and left', () => {
  const error = new Error('x')
  error.cause = error
  expect(databaseUnavailable(error)).toBeUndefined()
})
