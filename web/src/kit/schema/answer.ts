import type { Draft, DraftValue } from '../inputs/draft.ts'
import { localInput } from '../time.ts'
import type { SchemaField } from './fields.ts'

const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const placeOf = (field: SchemaField, value: unknown) =>
  String(field.choices.findIndex((choice) => JSON.stringify(choice.value) === JSON.stringify(value)))

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function startValue(field: SchemaField, given: unknown): DraftValue {
  if (field.kind === 'switch') return given === true
  if (field.kind === 'choices') return listOf(given).map((value) => placeOf(field, value))
  if (field.kind === 'list') return listOf(given).map(textOf)
  if (field.kind === 'choice') return given === undefined ? '' : placeOf(field, given).replace('-1', '')
  if (field.kind === 'date-time')
    return typeof given === 'string' && !Number.isNaN(Date.parse(given)) ? localInput(given) : ''
  return textOf(given)
}

const valueIn = (answer: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], answer)

/**
 * The form before anybody typed: defaults filled in, or what was answered before. Secrets are empty, or as they are shown.
 */
export const startAnswer = (fields: readonly SchemaField[], before?: unknown): Draft =>
  Object.fromEntries(
    fields.map((field) => [
      field.key,
      startValue(field, before === undefined ? field.schema.default : valueIn(before, field.path)),
    ]),
  )

// What does not read as a number stays text, so that the check says what is wrong with it.
const numberOf = (text: string): unknown => {
  const number = Number(text)
  return text.trim() === '' || Number.isNaN(number) ? text : number
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function listValue(field: SchemaField, lines: readonly string[]): unknown {
  const filled = lines.filter((line) => line !== '')
  if (field.kind === 'choices') return filled.map((at) => field.choices[Number(at)]?.value)
  const isText = field.schema.items?.type === 'string'
  return filled.map((line) => (isText ? line : numberOf(line)))
}

/** What was typed into a field as the value that the schema asks for; undefined when nothing was. */
export function readField(field: SchemaField, typed: DraftValue | undefined): unknown {
  if (typed === undefined || typeof typed === 'boolean') return typed
  if (typeof typed !== 'string') {
    const list = listValue(field, typed) as unknown[]
    return list.length === 0 && !field.isRequired ? undefined : list
  }
  if (typed === '') return undefined
  if (field.kind === 'choice') return field.choices[Number(typed)]?.value
  if (field.kind === 'number') return numberOf(typed)
  if (field.kind === 'json') return jsonOf(typed)
  return field.kind === 'date-time' ? new Date(typed).toISOString() : typed
}

/** The answer as the API takes it. Fields that are empty are left out. */
export function answerOf(fields: readonly SchemaField[], draft: Draft): unknown {
  const answer: Record<string, unknown> = {}
  for (const field of fields) {
    const value = readField(field, draft[field.key])
    if (field.path.length === 0) return value
    if (value === undefined) continue
    let place = answer
    for (const name of field.path.slice(0, -1)) {
      place[name] ??= {}
      place = place[name] as Record<string, unknown>
    }
    place[field.path.at(-1) as string] = value
  }
  return answer
}
