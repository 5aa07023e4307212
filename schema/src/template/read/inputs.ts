import { inputTypes } from '../../words.ts'
import { pathOf } from '../findings.ts'
import { checkDefinition } from '../inputs.ts'
import type { TemplateInput, TemplateVariable } from '../types.ts'
import { durationOf } from './duration.ts'
import type { Fields, Place } from './reader.ts'
import type { Reading } from './reading.ts'

const inputKeys = [
  'name',
  'description',
  'regex',
  'legal_values',
  'collection',
  'type',
  'optional',
  'default',
  'hidden',
] as const

export function readInputs(reading: Reading, place: Place, what: string): TemplateInput[] {
  const { reader } = reading
  const names = new Set<string>()
  return reader.items(place, what).flatMap((item) => {
    const fields = reader.object(item, 'an input', inputKeys)
    if (fields === undefined) return []
    const name = fields.name === undefined ? undefined : reader.text(fields.name, 'name')
    if (name === undefined) return reading.missing(item, 'name', 'an input needs one.') ?? []
    if (names.has(name)) {
      reader.fault(fields.name ?? item, 'duplicate-name', `There are two inputs named "${name}"; rename one.`)
    }
    names.add(name)
    const input = readInput(reading, fields, name)
    reportDefinition(reading, fields, input)
    return [input]
  })
}

function readInput(
  reading: Reading,
  fields: Fields<(typeof inputKeys)[number]>,
  name: string,
): TemplateInput {
  const { reader } = reading
  const flag = (field: Place | undefined, what: string) =>
    field !== undefined && (reader.flag(field, what) ?? false)
  const type = (fields.type && reader.choice(fields.type, 'type', inputTypes)) ?? 'string'
  const value = (place: Place) => (type === 'bool' ? reader.plainFlags(place) : reader.plain(place))
  return {
    name,
    description: fields.description && reader.text(fields.description, 'description'),
    type,
    regex: fields.regex && reader.text(fields.regex, 'regex'),
    legalValues: fields.legal_values && reader.items(fields.legal_values, 'legal_values').map(value),
    collection: flag(fields.collection, 'collection'),
    optional: flag(fields.optional, 'optional'),
    default: fields.default && value(fields.default),
    hidden: flag(fields.hidden, 'hidden'),
  }
}

function reportDefinition(
  reading: Reading,
  fields: Fields<(typeof inputKeys)[number]>,
  input: TemplateInput,
): void {
  const { reader } = reading
  for (const problem of checkDefinition(input)) {
    const at = fields[problem.key] ?? fields.$
    const element = problem.index === undefined ? at : (reader.items(at, problem.key)[problem.index] ?? at)
    const code =
      problem.key === 'default' ? 'invalid-default' : problem.key === 'regex' ? 'invalid-regex' : 'wrong-type'
    const isBoth = problem.key === 'regex' && input.legalValues !== undefined
    reader.fault(element, isBoth ? 'conflict' : code, problem.message)
  }
}

const variableKeys = ['name', 'value', 'expression', 'expression_timeout'] as const
const expressionTimeoutMs = 10_000

export function readVariables(reading: Reading, place: Place): TemplateVariable[] {
  const { reader } = reading
  const names = new Set<string>()
  return reader.items(place, 'variables').flatMap((item) => {
    const fields = reader.object(item, 'a variable', variableKeys)
    if (fields === undefined) return []
    const name = fields.name === undefined ? undefined : reader.text(fields.name, 'name')
    if (!name) return reading.missing(item, 'name', 'a variable needs one.') ?? []
    if (names.has(name)) {
      reader.fault(
        fields.name ?? item,
        'duplicate-name',
        `There are two variables named "${name}"; rename one.`,
      )
    }
    names.add(name)
    return [readVariable(reading, fields, name)]
  })
}

function readVariable(
  reading: Reading,
  fields: Fields<(typeof variableKeys)[number]>,
  name: string,
): TemplateVariable {
  const { reader } = reading
  const { value, expression, expression_timeout: timeout } = fields
  if ((value === undefined) === (expression === undefined)) {
    const path = pathOf(fields.$.path, 'expression')
    const at = expression ?? fields.$
    reader.fault({ ...at, path }, 'conflict', `The variable "${name}" needs either a value or an expression.`)
  }
  if (timeout !== undefined && expression === undefined) {
    reader.fault(timeout, 'conflict', 'expression_timeout belongs to an expression; a value takes no time.')
  }
  const use = { where: 'shared' } as const
  return {
    name,
    value: value && reading.templatedValue(value, use),
    expression: expression && reading.templatedText(expression, 'expression', use),
    expressionTimeoutMs:
      (timeout && durationOf(reading, timeout, 'expression_timeout')) ?? expressionTimeoutMs,
  }
}
