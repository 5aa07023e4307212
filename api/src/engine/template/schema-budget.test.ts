import { expect, test } from 'vitest'
import { fieldProblems, schemaProblem, valueProblem } from './json-schema.ts'

/** a0 leads to a1 twice, a1 to a2 twice, and so on: 2^n ways to the end. */
function doubling(depth: number, word: 'allOf' | 'anyOf' | 'oneOf', end: object): Record<string, unknown> {
  const definitions = Object.fromEntries(
    Array.from({ length: depth }, (_, i) => {
      const next = { $ref: `#/definitions/a${i + 1}` }
      return [`a${i}`, { [word]: [next, next] }]
    }),
  )
  return { definitions: { ...definitions, [`a${depth}`]: end }, $ref: '#/definitions/a0' }
}

test.each([
  ['allOf', doubling(40, 'allOf', { type: 'object' })],
  ['anyOf that fails', doubling(40, 'anyOf', { type: 'string' })],
  ['oneOf', doubling(40, 'oneOf', { type: 'object' })],
  ['not', doubling(40, 'allOf', { not: { type: 'string' } })],
])('a schema that doubles itself by %s ends with a sentence', (_, schema) => {
  const from = process.cpuUsage()
  expect(valueProblem(schema, {})).toContain('takes too long')
  const { user, system } = process.cpuUsage(from)
  expect((user + system) / 1000).toBeLessThan(4000)
  expect(fieldProblems(schema, {})).toEqual([{ name: '', message: expect.any(String) }])
})

test('many alternatives for many elements end with a sentence', () => {
  const items = { anyOf: Array.from({ length: 400 }, (_, i) => ({ allOf: [{ const: `x${i}` }] })) }
  expect(
    valueProblem(
      { items },
      Array.from({ length: 200_000 }, () => 'no'),
    ),
  ).toMatch(/takes too long|must/)
  expect(
    valueProblem(
      { items: { not: items } },
      Array.from({ length: 200_000 }, () => 'no'),
    ),
  ).toContain('takes too long')
})

test('one that refers to itself without end, or is too large to compile, is refused', () => {
  expect(schemaProblem({ $ref: '#' })).toContain('cannot be used')
  const wide = { anyOf: Array.from({ length: 4000 }, () => ({ type: 'string' })) }
  expect(schemaProblem(wide)).toContain('more than 3000 parts')
  let deep: Record<string, unknown> = {}
  for (let i = 0; i < 100; i++) deep = { items: deep }
  expect(schemaProblem(deep)).toContain('more than 64 deep')
})

test('the count changes nothing of what a schema says', () => {
  const schema = {
    type: 'object',
    properties: { allOf: { enum: [{ allOf: 1 }] }, items: { const: { properties: {} } } },
    additionalProperties: false,
  }
  expect(valueProblem(schema, { allOf: { allOf: 1 }, items: { properties: {} } })).toBeUndefined()
  expect(valueProblem(schema, { other: 1 })).toContain('additional')
  const tree = {
    definitions: {
      node: { type: 'object', properties: { next: { $ref: '#/definitions/node' } }, required: ['id'] },
    },
    $ref: '#/definitions/node',
  }
  expect(valueProblem(tree, { id: 1, next: { id: 2 } })).toBeUndefined()
  expect(valueProblem(tree, { id: 1, next: {} })).toContain('/next')
})
