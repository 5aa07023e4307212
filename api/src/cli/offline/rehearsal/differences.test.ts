import { expect, test } from 'vitest'
import { differenceLine, differences, textDifference } from './differences.ts'

test.each([
  ['the same', { a: [1, { b: null }] }, { a: [1, { b: null }] }, false, []],
  ['nothing and null', { a: null }, {}, false, []],
  ['a deep value', { a: { b: 1 } }, { a: { b: 2 } }, false, ['o.a.b: expected 1, got 2']],
  ['a key too many', { a: 1 }, { a: 1, c: 2 }, false, ['o.c: expected nothing, got 2']],
  ['a key too many where a part is enough', { a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, true, []],
  ['a key that is missing', { a: 1 }, {}, true, ['o.a: expected 1, got nothing']],
  ['lists of other lengths', { a: [1] }, { a: [1, 2] }, true, ['o.a: expected [1], got [1,2]']],
  ['another type', { a: '1' }, { a: 1 }, false, ['o.a: expected "1", got 1']],
  [
    'a key of every object',
    { a: 1 },
    JSON.parse('{"a": 1, "__proto__": 2}'),
    false,
    ['o.__proto__: expected nothing, got 2'],
  ],
])('%s', (_, wanted, actual, partly, lines) => {
  expect(differences('o', wanted, actual, partly).map(differenceLine)).toEqual(lines)
})

test('a part of an error is enough, and null expects none', () => {
  expect(textDifference('e', 'refused', 'connection refused')).toEqual([])
  expect(textDifference('e', null, null)).toEqual([])
  expect(textDifference('e', null, 'refused')).toHaveLength(1)
  expect(textDifference('e', 'refused', null)).toHaveLength(1)
})
