import type { ConditionAssertion, StepCondition } from '@stint/schema/template-types'
import { expect, test } from 'vitest'
import { evaluateConditions, holds, lastWords } from './conditions.ts'

const data = {
  input: { n: 5, list: 'a, b ,c', name: 'sam', big: '12345678901234567891' },
  step: { this: { state: 'DONE', output: { id: 'x1' } }, own: { state: 'DONE' }, other: { state: 'TODO' } },
}

function assertion(
  value: string,
  operator: string,
  expected: string,
  listSeparator = ',',
): ConditionAssertion {
  return { value, operator: operator as ConditionAssertion['operator'], expected, listSeparator }
}

test.each<[string, string, string, boolean | string]>([
  ['{{.input.name}}', 'EQ', 'sam', true],
  ['{{.input.name}}', 'EQ', 'Sam', false],
  ['{{.input.name}}', 'NE', 'Sam', true],
  ['{{.input.nope}}', 'EQ', '', true],
  ['{{.input.nope}}', 'EQ', '{{.input.neither}}', true],
  ['a{{.input.nope}}b', 'EQ', 'ab', true],
  ['{{.input.n}}', 'GT', '4', true],
  ['{{.input.n}}', 'GT', '5', false],
  ['{{.input.n}}', 'GE', '5', true],
  ['{{.input.n}}', 'LT', '10', true],
  ['{{.input.n}}', 'LE', '4.99', false],
  ['1.10', 'EQ', '1.1', false],
  ['1.10', 'GE', '1.1', true],
  ['{{.input.big}}', 'GT', '12345678901234567890', true],
  ['-3', 'LT', ' +2 ', true],
  ['many', 'GT', '1', 'GT compares numbers, and "many" is none'],
  ['{{.input.nope}}', 'LE', '1', 'LE compares numbers, and an empty value is none'],
  ['{{.input.name}}', 'REGEXP', '^s', true],
  ['{{.input.name}}', 'REGEXP', 'm$', true],
  ['{{.input.name}}', 'NOTREGEXP', 'x', true],
  ['a', 'REGEXP', '{{.input.nope}}[', 'RE2'],
  ['{{.input.list}}', 'IN', 'b', true],
  ['{{.input.list}}', 'IN', ' b', false],
  ['{{.input.list}}', 'NOTIN', 'd', true],
  ['{{upper .input.nope}}', 'EQ', '', 'upper needs a text'],
])('%s %s %s is %s', (value, operator, expected, result) => {
  const ask = () => holds(assertion(value, operator, expected), data)
  if (typeof result === 'boolean') expect(ask()).toBe(result)
  else expect(ask).toThrow(result)
})

test('a list may have another separator', () => {
  expect(holds(assertion('a; b', 'IN', 'b', ';'), data)).toBe(true)
})

function condition(fields: Partial<StepCondition>): StepCondition {
  return {
    type: 'check',
    if: [],
    // biome-ignore lint/suspicious/noThenProperty: the word of the template language
    then: { this: 'DONE' },
    final: false,
    message: '',
    on: [],
    ...fields,
  }
}

const yes = assertion('a', 'EQ', 'a')
const no = assertion('a', 'EQ', 'b')

test('all assertions must hold, and a condition without any always does', () => {
  const verdict = evaluateConditions(
    [
      condition({ if: [yes, no], message: 'one' }),
      condition({ if: [yes, yes], message: 'two for {{.input.name}}' }),
      condition({ message: 'three' }),
    ],
    'check',
    data,
  )
  expect(verdict.matches.map((match) => match.message)).toEqual(['two for sam', 'three'])
})

test('the last one that holds has the last word, unless one before is final', () => {
  // biome-ignore lint/suspicious/noThenProperty: the word of the template language
  const prune = { then: { this: 'PRUNE', other: 'DONE' }, message: 'prune' }
  // biome-ignore lint/suspicious/noThenProperty: the word of the template language
  const retry = { then: { this: 'TO_RETRY' }, message: 'retry' }
  const { matches } = evaluateConditions([condition(prune), condition(retry)], 'check', data)
  expect([...lastWords(matches)]).toEqual([
    ['this', { state: 'TO_RETRY', message: 'retry' }],
    ['other', { state: 'DONE', message: 'prune' }],
  ])
  const final = evaluateConditions([condition({ ...prune, final: true }), condition(retry)], 'check', data)
  expect(final.matches).toHaveLength(1)
})

test('a condition sees the states that those before it have set, and the data stays', () => {
  const before = JSON.stringify(data)
  const conditions = [
    // biome-ignore lint/suspicious/noThenProperty: the word of the template language
    condition({ then: { this: 'PRUNE', other: 'DONE' } }),
    // biome-ignore lint/suspicious/noThenProperty: the word of the template language
    condition({ if: [assertion('{{.step.other.state}}', 'EQ', 'DONE')], then: {}, message: 'saw other' }),
    condition({ if: [assertion('{{.step.own.state}}', 'EQ', 'PRUNE')], message: 'saw own' }),
  ]
  const { matches } = evaluateConditions(conditions, 'check', data, { step: 'own' })
  expect(matches.map((match) => match.message)).toEqual(['', 'saw other', 'saw own'])
  expect(JSON.stringify(data)).toBe(before)
})

test('what cannot be decided is an error, and what held before it still counts', () => {
  const verdict = evaluateConditions(
    [condition({ message: 'first' }), condition({ if: [assertion('x', 'GT', '1')] }), condition({})],
    'check',
    data,
  )
  expect(verdict.matches).toHaveLength(1)
  expect(verdict.error).toBe('check condition 2: GT compares numbers, and "x" is none')
})

test('only the asked kind is asked; skips of a loop are asked at their place', () => {
  const conditions = [
    condition({ message: 'check' }),
    condition({ type: 'skip', message: 'item' }),
    condition({ type: 'skip', foreach: 'parent', message: 'loop' }),
  ]
  const messages = (foreach?: 'parent' | 'children') =>
    evaluateConditions(conditions, 'skip', data, { foreach }).matches.map((match) => match.message)
  expect(messages()).toEqual(['item'])
  expect(messages('parent')).toEqual(['loop'])
})

test.each([
  ['DONE', ['plain', 'server too']],
  ['CLIENT_ERROR', ['plain', 'server too']],
  ['AFTERRUN_ERROR', ['plain', 'server too']],
  ['SERVER_ERROR', ['server too']],
  ['FATAL_ERROR', []],
])('after %s the checks that ask for it are asked', (state, expected) => {
  const conditions = [
    condition({ message: 'plain' }),
    condition({ message: 'server too', on: ['SERVER_ERROR'] }),
  ]
  const { matches } = evaluateConditions(conditions, 'check', data, { state })
  expect(matches.map((match) => match.message)).toEqual(expected)
})
