import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { localOutbound } from '../../testing/outbound.ts'
import { ActionRegistry, type JsonSchema } from '../action.ts'
import { registerBuiltIn } from './register.ts'

const options = { clock: systemClock, outbound: localOutbound(), scriptFolders: [] }
const actions = registerBuiltIn(new ActionRegistry(), options).all()

/** Paths of fields that no sentence explains. */
function unexplained(schema: JsonSchema, path: string): string[] {
  const fields = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)
  return fields.flatMap(([name, field]) => {
    const at = `${path}.${name}`
    const own = typeof field.description === 'string' && field.description !== '' ? [] : [at]
    const items = field.items === undefined ? [] : unexplained(field.items as JsonSchema, `${at}[]`)
    return [...own, ...items, ...unexplained(field, at)]
  })
}

describe('every built-in action', () => {
  it.each(actions)('$type explains itself and each of its fields', (action) => {
    expect(action.description).toMatch(/^[A-Z].*\.$/)
    const schemas = {
      configuration: action.configuration,
      output: action.output ?? {},
      metadata: action.metadata ?? {},
    }
    expect(Object.entries(schemas).flatMap(([name, schema]) => unexplained(schema, name))).toEqual([])
  })

  it.each(actions)('$type has schemas that a strict reader takes, and refuses unknown fields', (action) => {
    const ajv = new Ajv2020({
      strict: true,
      strictTypes: false,
      strictRequired: false,
      formats: { 'date-time': true },
    })
    for (const schema of [action.configuration, action.output ?? {}, action.metadata ?? {}])
      ajv.compile(schema)
    expect(ajv.validate(action.configuration, { no_such_field: 1 })).toBe(false)
  })
})

describe('the schema of a configuration', () => {
  it.each([
    ['echo', { output: { a: 1 }, unmarshal: 'true' }, true],
    ['echo', { error_type: 'fatal' }, false],
    ['wait', { for: '10s' }, true],
    ['wait', { for: '10s', until: '2026-01-01T00:00:00Z' }, false],
    ['http', { url: 'http://x.test', method: 'GET', auth: { bearer: 't' }, follow_redirect: 'true' }, true],
    ['http', { url: 'http://x.test', auth: { token: 't' } }, false],
    ['script', { file_path: 'a.sh', argv: ['x', 1], exit_codes_unrecoverable: ['1', 2] }, true],
    ['script', { argv: [] }, false],
  ])('of %s takes %j: %s', (type, configuration, expected) => {
    const action = actions.find((each) => each.type === type)
    const ajv = new Ajv2020({ strictTypes: false })
    expect(ajv.validate(action?.configuration ?? {}, configuration)).toBe(expected)
  })
})
