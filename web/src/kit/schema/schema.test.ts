import { expect, it } from 'vitest'
import { answerOf, startAnswer } from './answer.ts'
import { problemsOf } from './check.ts'
import { formOf, type JsonSchema } from './fields.ts'

const schema: JsonSchema = {
  type: 'object',
  required: ['decision', 'size'],
  properties: {
    urgent: { type: 'boolean' },
    size: { type: 'integer', minimum: 1, maximum: 64, default: 8 },
    decision: { type: 'string', title: 'What now?', enum: ['retry', 'give up'] },
    notes: { type: 'string', maxLength: 2000 },
    hosts: { type: 'array', items: { type: 'string', pattern: '^db' } },
    days: { type: 'array', items: { enum: ['mon', 'tue'] }, default: ['tue'] },
    from: { type: 'string', format: 'date' },
    network: { type: 'object', properties: { dhcpMode: { type: 'string' } } },
    extra: { type: 'object' },
  },
}
const fields = formOf(schema)
const start = startAnswer(fields)

it('makes a field of the right kind from each part of a schema, what is needed first', () => {
  expect(fields.map(({ key, kind }) => `${key} ${kind}`)).toEqual([
    'decision choice',
    'size number',
    'urgent switch',
    'notes lines',
    'hosts list',
    'days choices',
    'from date',
    'network.dhcpMode text',
    'extra json',
  ])
  expect(fields.map(({ label }) => label)).toContain('Network: Dhcp mode')
  expect(fields[0]?.label).toBe('What now?')
})

it('begins with the defaults and says what is still needed', () => {
  expect(answerOf(fields, start)).toEqual({ size: 8, urgent: false, days: ['tue'] })
  expect([...problemsOf(fields, start)]).toEqual([['decision', 'This is needed.']])
})

it('answers with values of the types that the schema asks for', () => {
  const draft = {
    ...start,
    decision: '1',
    size: '12',
    hosts: ['db1', ''],
    days: ['0', '1'],
    'network.dhcpMode': 'static',
    extra: '{"a": [1]}',
  }
  expect(answerOf(fields, draft)).toEqual({
    decision: 'give up',
    size: 12,
    urgent: false,
    hosts: ['db1'],
    days: ['mon', 'tue'],
    network: { dhcpMode: 'static' },
    extra: { a: [1] },
  })
  expect(problemsOf(fields, draft).size).toBe(0)
})

it('tells what is wrong at the field', () => {
  const draft = { ...start, decision: '0', size: '99', hosts: ['web1'], extra: '{a' }
  expect(Object.fromEntries(problemsOf(fields, draft))).toEqual({
    size: 'At most 64.',
    hosts: 'It must match ^db',
    extra: 'This is not JSON.',
  })
})

it('makes one field of an answer that is no object', () => {
  const one = formOf({ type: 'boolean', title: 'Go on?' })
  expect(one.map(({ label, kind }) => [label, kind])).toEqual([['Go on?', 'switch']])
  expect(answerOf(one, { answer: true })).toBe(true)
  const free = formOf({ title: 'What happened?' })
  expect(answerOf(free, { answer: 'It was full.' })).toBe('It was full.')
})
