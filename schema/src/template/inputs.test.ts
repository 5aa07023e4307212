import { expect, test } from 'vitest'
import { checkInputs, inputOfText } from './inputs.ts'
import type { TemplateInput } from './types.ts'

function input(fields: Partial<TemplateInput> = {}): TemplateInput {
  return { name: 'x', type: 'string', collection: false, optional: false, hidden: false, ...fields }
}

const tooLong = 'x'.repeat(100_001)

test.each<[string, Partial<TemplateInput>, unknown, unknown]>([
  ['a text', {}, 'a', 'a'],
  ['a text with quotes', {}, 'say "hi"', 'say "hi"'],
  ['a number', { type: 'number' }, 1.5, 1.5],
  ['zero', { type: 'number' }, 0, 0],
  ['a boolean', { type: 'bool' }, false, false],
  ['a legal value', { legalValues: ['a', 'b'] }, 'b', 'b'],
  ['a match', { regex: '^a+$' }, 'aaa', 'aaa'],
  ['a match anywhere', { regex: 'b' }, 'abc', 'abc'],
  ['a number that matches', { type: 'number', regex: '^[0-9]$' }, 7, 7],
  ['a list', { collection: true }, ['a', 'b'], ['a', 'b']],
  ['an empty list', { collection: true }, [], []],
  ['a default for nothing', { default: 'd' }, undefined, 'd'],
  ['a default for null', { default: 'd' }, null, 'd'],
  ['a default for the empty text', { default: 'd' }, '', 'd'],
  ['a false default', { type: 'bool', default: false }, undefined, false],
  ['a list default', { collection: true, default: ['a'] }, undefined, ['a']],
  ['a lone default of a list', { collection: true, default: 'a' }, undefined, ['a']],
  ['nothing for an optional one', { optional: true }, undefined, undefined],
])('%s is accepted', (_, fields, given, expected) => {
  const checked = checkInputs([input(fields)], { x: given })
  expect(checked.problems).toEqual([])
  expect(checked.values).toEqual(expected === undefined ? {} : { x: expected })
})

test.each<[Partial<TemplateInput>, unknown, string]>([
  [{}, undefined, 'A value is required.'],
  [{}, '', 'A value is required.'],
  [{}, 5, 'The value must be a text.'],
  [{ type: 'number' }, '5', 'The value must be a number.'],
  [{ type: 'number' }, Number.NaN, 'The value must be a number.'],
  [{ type: 'bool' }, 'true', 'The value must be true or false.'],
  [{ legalValues: ['a', 'b'] }, 'c', 'The value must be one of a, b.'],
  [{ legalValues: ['low', 'high'] }, 'hihg', 'The value must be one of low, high; did you mean "high"?'],
  [{ regex: '^a$' }, 'b', 'The value must match ^a$.'],
  [{ collection: true }, 'a', 'A list of values is needed.'],
  [{ collection: true, regex: '^a' }, ['a', 'b'], 'Value 2: The value must match ^a.'],
  [{}, tooLong, 'The value may have 100000 characters; it has 100001.'],
])('%j refuses what does not fit', (fields, given, message) => {
  expect(checkInputs([input(fields)], { x: given }).problems).toEqual([{ name: 'x', message }])
})

test('undeclared values are dropped and named', () => {
  expect(checkInputs([input()], { x: 'a', y: 'b' })).toEqual({
    values: { x: 'a' },
    problems: [],
    unknown: ['y'],
  })
})

test('inherited names are no values', () => {
  expect(checkInputs([input({ name: 'toString' })], {}).problems).toHaveLength(1)
})

test('a hostile pattern costs little', () => {
  const from = process.cpuUsage()
  checkInputs([input({ regex: '^(a+)+$' })], { x: `${'a'.repeat(50_000)}b` })
  expect(process.cpuUsage(from).user).toBeLessThan(500_000)
})

test.each<[Partial<TemplateInput>, string, unknown]>([
  [{}, '5', '5'],
  [{ type: 'number' }, '5', 5],
  [{ type: 'number' }, '-1.5e3', -1500],
  [{ type: 'number' }, 'five', 'five'],
  [{ type: 'bool' }, 'true', true],
  [{ type: 'bool' }, 'yes', 'yes'],
  [{ collection: true }, 'a, b', ['a', 'b']],
  [{ collection: true, type: 'number' }, '[1, 2]', [1, 2]],
])('%j reads %j as typed on a command line', (fields, text, expected) => {
  expect(inputOfText(input(fields), text)).toEqual(expected)
})
