import type { TemplateAction } from '@stint/schema/template-types'
import { expect, test } from 'vitest'
import {
  configurationFor,
  mergeConfiguration,
  outputFor,
  renderOutputBase,
  renderResult,
} from './configuration.ts'
import { schemaProblem, valueProblem } from './json-schema.ts'

const data = { input: { id: '1234', list: [1, 2] }, step: { this: { output: { name: 'raw' } } } }

function action(fields: Partial<TemplateAction>): TemplateAction {
  return { type: 'echo', configuration: {}, ...fields }
}

const schema = {
  properties: {
    auth: { properties: { user: {}, password: {} } },
    labels: { additionalProperties: { type: 'object', additionalProperties: { type: 'string' } } },
    output: {},
    headers: { type: 'array' },
  },
}

test('base and own merge by what the action declares', () => {
  const base = {
    url: 'http://a',
    auth: { user: 'x', password: 'y' },
    labels: { one: { a: '1' }, two: { b: '2' } },
    output: { from: 'base' },
    headers: [1, 2],
  }
  const own = {
    url: 'http://b',
    auth: { password: 'z' },
    labels: { two: { c: '3' } },
    output: { own: true },
    headers: [3],
  }
  expect(mergeConfiguration(base, own, schema)).toEqual({
    url: 'http://b',
    auth: { user: 'x', password: 'z' },
    labels: { one: { a: '1' }, two: { c: '3' } },
    output: { own: true },
    headers: [3],
  })
  expect(mergeConfiguration(base, own)).toMatchObject({
    labels: { two: { b: '2', c: '3' } },
    output: { from: 'base', own: true },
  })
  expect(mergeConfiguration(undefined, own)).toBe(own)
})

test('a configuration is merged, then rendered', () => {
  const template = { baseConfigurations: { post: { method: 'POST', url: 'http://x/{{.input.id}}' } } }
  const merged = action({ baseConfiguration: 'post', configuration: { body: '{{.input.list | typed}}' } })
  expect(configurationFor(merged, template, data)).toEqual({
    method: 'POST',
    url: 'http://x/1234',
    body: [1, 2],
  })
})

test.each<[string, TemplateAction, unknown, unknown]>([
  ['none', action({}), { a: 1 }, { a: 1 }],
  [
    'merge',
    action({ output: { strategy: 'merge', format: { id: '{{.input.id}}', a: 0 } } }),
    { a: 1 },
    { id: '1234', a: 1 },
  ],
  [
    'merge of nothing',
    action({ output: { strategy: 'merge', format: { id: '{{.input.id}}' } } }),
    null,
    { id: '1234' },
  ],
  [
    'merge of a text',
    action({ output: { strategy: 'merge', format: { id: 'x' } } }),
    'plain',
    { id: 'x', output: 'plain' },
  ],
  [
    'template',
    action({ output: { strategy: 'template', format: { n: '{{.step.this.output.name}}!', m: 1 } } }),
    {},
    { n: 'raw!', m: 1 },
  ],
])('the output strategy %s', (_, of, raw, expected) => {
  expect(outputFor(of, raw, renderOutputBase(of, data), data)).toEqual(expected)
})

test('a format that is no object cannot be merged into', () => {
  const of = action({ output: { strategy: 'merge', format: '{{.input.list | typed}}' } })
  expect(() => renderOutputBase(of, data)).toThrow('not an object')
})

test('a result has its keys rendered too; lists stay', () => {
  const format = {
    '{{.input.id}}': { deep: '{{.input.id}}' },
    list: ['{{.input.id}}'],
    n: 1,
    t: '{{.input.list | typed}}',
  }
  expect(renderResult(format, data)).toEqual({
    '1234': { deep: '1234' },
    list: ['{{.input.id}}'],
    n: 1,
    t: [1, 2],
  })
})

test.each<[string, Record<string, unknown>, unknown, string | undefined]>([
  ['a fit', { type: 'object', required: ['id'] }, { id: 1 }, undefined],
  ['a missing key', { type: 'object', required: ['id'] }, {}, "the value must have required property 'id'"],
  [
    'a deep fault',
    { properties: { a: { items: { type: 'number' } } } },
    { a: [1, 'x'] },
    '/a/1 must be number',
  ],
  ['a pattern that fits', { pattern: '^a+$' }, 'aaa', undefined],
  ['a pattern that does not', { pattern: '^a+$' }, 'ab', 'the value must match pattern "^a+$"'],
  [
    'an extra key',
    { additionalProperties: false },
    { b: 1 },
    'the value must NOT have additional properties ("b")',
  ],
  ['draft 4 by version', { version: 4, minimum: 1, exclusiveMinimum: true }, 1, 'the value must be > 1'],
  [
    'draft 2020',
    { $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{ type: 'string' }] },
    [1],
    '/0 must be string',
  ],
  ['different elements', { uniqueItems: true }, [{ a: 1, b: 2 }, { a: 1 }, 1, '1'], undefined],
  [
    'the same element twice',
    { uniqueItems: true },
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    'the value must NOT have the same element twice',
  ],
  ['nothing for something', { type: 'object' }, undefined, 'the value must be object'],
])('a JSON Schema says %s', (_, of, value, expected) => {
  expect(valueProblem(of, value)).toBe(expected)
})

test('two schemas with patterns do not share them', () => {
  const [a, b] = [{ pattern: '^a$' }, { pattern: '^b$' }]
  expect([valueProblem(a, 'a'), valueProblem(b, 'b')]).toEqual([undefined, undefined])
  expect(valueProblem(b, 'a')).toBeDefined()
})

test('a hostile pattern takes linear time, one that RE2 lacks is refused', () => {
  const from = process.cpuUsage()
  expect(valueProblem({ pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}b`)).toBeDefined()
  expect(process.cpuUsage(from).user).toBeLessThan(1000_000)
  expect(schemaProblem({ pattern: '(?=a)' })).toContain('cannot be used')
  expect(schemaProblem({ type: 'nonsense' })).toContain('cannot be used')
  expect(schemaProblem({ $ref: 'http://elsewhere/x' })).toContain('cannot be used')
  expect(
    schemaProblem({ definitions: { a: { $ref: '#/definitions/a' } }, $ref: '#/definitions/a' }),
  ).toContain('refers to itself')
})

test('a long list is looked through in linear time', () => {
  const list = Array.from({ length: 100_000 }, (_, id) => ({ id }))
  const from = process.cpuUsage()
  expect(valueProblem({ uniqueItems: true }, list)).toBeUndefined()
  expect(process.cpuUsage(from).user).toBeLessThan(2000_000)
})
