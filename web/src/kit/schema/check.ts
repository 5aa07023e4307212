import { counted } from '@stint/schema/counted'
import type { Draft } from '../inputs/draft.ts'
import { readField } from './answer.ts'
import type { JsonSchema, SchemaField } from './fields.ts'

const formats: Readonly<Record<string, { readonly pattern: RegExp; readonly says: string }>> = {
  email: { pattern: /^[^\s@]+@[^\s@]+$/, says: 'This is not an e-mail address.' },
  uri: { pattern: /^[a-z][a-z0-9+.-]*:\S+$/i, says: 'This is not a web address.' },
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    // A pattern of another dialect: the server decides.
    return true
  }
}

function textProblem(schema: JsonSchema, text: string): string | undefined {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, format } = schema
  if (text.length < minLength) return `At least ${counted(minLength, 'character')}.`
  if (text.length > maxLength) return `At most ${counted(maxLength, 'character')}; these are ${text.length}.`
  if (pattern && !matches(pattern, text)) return `It must match ${pattern}`
  const known = format ? formats[format] : undefined
  return known && !known.pattern.test(text) ? known.says : undefined
}

function numberProblem(schema: JsonSchema, value: unknown): string | undefined {
  if (typeof value !== 'number') return 'This is not a number.'
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  if (schema.type === 'integer' && !Number.isInteger(value)) return 'A whole number is needed.'
  if (minimum !== undefined && value < minimum) return `At least ${minimum}.`
  if (maximum !== undefined && value > maximum) return `At most ${maximum}.`
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return `More than ${exclusiveMinimum}.`
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) return `Less than ${exclusiveMaximum}.`
  return undefined
}

function listProblem(schema: JsonSchema, list: readonly unknown[]): string | undefined {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items = {} } = schema
  if (list.length < minItems) return `At least ${minItems}.`
  if (list.length > maxItems) return `At most ${maxItems}.`
  const check = items.type === 'string' ? textProblem : numberProblem
  if (items.enum || items.oneOf) return undefined
  return list.map((value) => check(items, value as string)).find((problem) => problem !== undefined)
}

/** What is wrong with the value of a field, in words; undefined when it is right. The server checks all of it again. */
function problemOf(field: SchemaField, value: unknown, typed: unknown): string | undefined {
  if (value === undefined) return field.isRequired ? 'This is needed.' : undefined
  if (Array.isArray(value) && field.kind !== 'json') {
    return value.length === 0 && field.isRequired && (field.schema.minItems ?? 0) > 0
      ? 'This is needed.'
      : listProblem(field.schema, value)
  }
  if (field.kind === 'number') return numberProblem(field.schema, value)
  if (field.kind === 'json')
    return typeof value === 'string' && value === typed ? 'This is not JSON.' : undefined
  return typeof value === 'string' && field.kind !== 'choice' ? textProblem(field.schema, value) : undefined
}

/** The problems of a form by the keys of its fields. */
export function problemsOf(fields: readonly SchemaField[], draft: Draft): ReadonlyMap<string, string> {
  return new Map(
    fields.flatMap((field) => {
      const problem = problemOf(field, readField(field, draft[field.key]), draft[field.key])
      return problem === undefined ? [] : [[field.key, problem] as const]
    }),
  )
}
