import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { systemClock } from '../../base/clock.ts'
import { checkout } from '../../base/config.ts'
import { localOutbound } from '../../testing/outbound.ts'
import { ActionRegistry, type JsonSchema } from '../action.ts'
import { documentationOf, resourcesOf } from '../action-documentation.ts'
import { registerBuiltIn } from './register.ts'

const options = {
  clock: systemClock,
  outbound: localOutbound(),
  scriptFolders: [join(checkout, 'api/templates/scripts')],
  knownHostsFile: '/dev/null',
}
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

describe('the documentation of every built-in action', () => {
  it.each(actions)('$type has an example that its own schema and check take', (action) => {
    const ajv = new Ajv2020({ strictTypes: false })
    ajv.validate(action.configuration, action.example)
    expect(ajv.errors ?? []).toEqual([])
    expect(action.example).toBeDefined()
    expect(action.check?.(action.example ?? {}) ?? []).toEqual([])
  })

  it.each(actions)('$type is made of what it declares', (action) => {
    const text = documentationOf(action)
    expect(text).toMatch(new RegExp(`^# ${action.type}\n\n`))
    for (const name of Object.keys((action.configuration.properties ?? {}) as object))
      expect(text).toContain(`- \`${name}\` (`)
    expect(parse(/```yaml\n([\s\S]*)```/.exec(text)?.[1] ?? '')).toEqual({
      action: { type: action.type, configuration: action.example },
    })
    expect(text).not.toContain('undefined')
  })

  it('names the labels that limits may name, as µTask does', () => {
    const labels = Object.fromEntries(actions.map((action) => [action.type, resourcesOf(action)]))
    expect(labels).toMatchObject({
      echo: [],
      http: ['socket', 'url:api.example.org'],
      script: ['fork', 'script:system-facts.sh'],
      exec: ['fork'],
      ssh: ['socket', 'url:{{.input.host}}', 'url:bastion.example.org'],
      email: ['socket', 'url:mail.example.org'],
    })
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
