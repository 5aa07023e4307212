import { expect, it } from 'vitest'
import { schemaRows } from './schemaRows.ts'

it('tells every field of a schema in a line, those of nested objects behind it', () => {
  const rows = schemaRows({
    type: 'object',
    required: ['url'],
    properties: {
      url: { type: 'string', description: 'Where it goes.' },
      method: { type: 'string', enum: ['GET', 'POST'], default: 'GET' },
      auth: { type: 'object', properties: { bearer: { type: 'string' } } },
      hosts: {
        type: 'array',
        items: { type: 'object', properties: { port: { type: 'integer', minimum: 1, maximum: 65_535 } } },
      },
      unmarshal: { type: ['boolean', 'string'] },
    },
  })
  expect(rows.map(({ name, type, rule }) => [name, type, rule])).toEqual([
    ['url', 'string', ''],
    ['method', 'string', 'one of GET, POST · default GET'],
    ['auth', 'object', ''],
    ['auth.bearer', 'string', ''],
    ['hosts', 'list of object', ''],
    ['hosts[].port', 'integer', '1 to 65535'],
    ['unmarshal', 'boolean or string', ''],
  ])
  expect(rows.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual(['url'])
})

it('has nothing to tell about a schema without fields', () => {
  expect(schemaRows(null)).toEqual([])
  expect(schemaRows({ type: 'string' })).toEqual([])
})
