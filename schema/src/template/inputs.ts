import { RE2JS } from 're2js'
import { limits } from '../limits.ts'
import type { InputType } from '../words.ts'
import { suggestion } from './suggestion.ts'
import type { TemplateInput } from './types.ts'

/** Longer patterns are refused: nobody can read them, and compiling them costs. */
export const patternLengthMax = 1000

export interface InputProblem {
  readonly name: string
  /** A sentence to stand beside the field. */
  readonly message: string
}

export interface CheckedInputs {
  /** Declared inputs only, defaults filled in; absent optional ones are left out. */
  readonly values: Record<string, unknown>
  readonly problems: readonly InputProblem[]
  /** Names that the template does not declare; their values are dropped, as µTask does. */
  readonly unknown: readonly string[]
}

/** What a definition itself gets wrong, by the key of the template language that is at fault. */
export interface DefinitionProblem {
  readonly key: 'regex' | 'legal_values' | 'default'
  readonly index?: number
  readonly message: string
}

/** The rules of a definition that go beyond its shape. */
export function checkDefinition(input: TemplateInput): DefinitionProblem[] {
  const problems: DefinitionProblem[] = []
  if (input.regex !== undefined && input.legalValues !== undefined) {
    problems.push({ key: 'regex', message: 'An input has either regex or legal_values, not both.' })
  }
  const patternFault = input.regex === undefined ? undefined : patternProblem(input.regex)
  if (patternFault !== undefined) problems.push({ key: 'regex', message: patternFault })
  input.legalValues?.forEach((value, index) => {
    if (!hasType(value, input.type)) {
      problems.push({
        key: 'legal_values',
        index,
        message: `A legal value must be ${typeWords[input.type]}.`,
      })
    }
  })
  if (problems.length > 0 || input.default === undefined) return problems
  const message = valueProblem(input, input.default)
  return message === undefined ? [] : [{ key: 'default', message: `The default does not fit: ${message}` }]
}

/** Why a regular expression (RE2, linear time) cannot be used; undefined when it can. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > patternLengthMax) {
    return `This regular expression is longer than ${patternLengthMax} characters.`
  }
  try {
    RE2JS.compile(pattern)
    return undefined
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
    return `This is not a regular expression that RE2 knows: ${reason}.`
  }
}

/**
 * The values of a request against the definitions of its template: types, legal values, patterns, presence, defaults.
 * Missing, null and the empty text count as absent. µTask's ban of the double quote is not needed: values are handed over
 * as data and never pasted into source text.
 */
export function checkInputs(
  definitions: readonly TemplateInput[],
  given: Readonly<Record<string, unknown>>,
): CheckedInputs {
  const values = new Map<string, unknown>()
  const problems: InputProblem[] = []
  for (const input of definitions) {
    const value = presentValue(input, Object.hasOwn(given, input.name) ? given[input.name] : undefined)
    if (value === undefined) {
      if (!input.optional) problems.push({ name: input.name, message: 'A value is required.' })
      continue
    }
    const message = valueProblem(input, value)
    if (message !== undefined) problems.push({ name: input.name, message })
    values.set(input.name, value)
  }
  const declared = new Set(definitions.map((input) => input.name))
  const unknown = Object.keys(given).filter((name) => !declared.has(name))
  return { values: Object.fromEntries(values), problems, unknown }
}

function presentValue(input: TemplateInput, given: unknown): unknown {
  if (given !== undefined && given !== null && given !== '') return given
  const value = input.default
  if (value === undefined || value === null || value === '') return undefined
  // µTask lets a collection have a single value as its default.
  return input.collection && !Array.isArray(value) ? [value] : value
}

/**
 * A value typed as text, as on a command line or in a link, in the type of its input: `true`, `3`, and for a collection a JSON
 * list or the parts between commas. What does not fit stays text and is then refused by checkInputs with the right sentence.
 */
export function inputOfText(input: TemplateInput, text: string): unknown {
  if (!input.collection) return scalarOfText(input.type, text)
  if (text.trimStart().startsWith('[')) {
    const parsed = parsedJson(text)
    if (Array.isArray(parsed)) return parsed
  }
  return text.split(',').map((part) => scalarOfText(input.type, part.trim()))
}

function scalarOfText(type: InputType, text: string): unknown {
  if (type === 'bool' && (text === 'true' || text === 'false')) return text === 'true'
  if (type === 'number' && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text.trim())) return Number(text)
  return text
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const typeWords: Record<InputType, string> = {
  string: 'a text',
  password: 'a text',
  number: 'a number',
  bool: 'true or false',
}

function valueProblem(input: TemplateInput, value: unknown): string | undefined {
  if (!input.collection) return singleProblem(input, value)
  if (!Array.isArray(value)) {
    const isLoneDefault = value === input.default && singleProblem(input, value) === undefined
    return isLoneDefault ? undefined : 'A list of values is needed.'
  }
  for (const [index, element] of value.entries()) {
    const message = singleProblem(input, element)
    if (message !== undefined) return `Value ${index + 1}: ${message}`
  }
  return undefined
}

function singleProblem(input: TemplateInput, value: unknown): string | undefined {
  if (!hasType(value, input.type)) return `The value must be ${typeWords[input.type]}.`
  if (hasLostDigits(value)) return 'A number of so many digits does not stay exact; let the input take text.'
  const printed = isExact(value) ? value.rawJSON : String(value)
  if (printed.length > limits.textLengthMax) {
    return `The value may have ${limits.textLengthMax} characters; it has ${printed.length}.`
  }
  if (input.legalValues !== undefined) {
    const legal = input.legalValues.map(String)
    return input.legalValues.includes(value)
      ? undefined
      : `The value must be one of ${legal.join(', ')}${suggestion(printed, legal)}`
  }
  if (input.regex !== undefined && !RE2JS.compile(input.regex).matcher(printed).find()) {
    return `The value must match ${input.regex}.`
  }
  return undefined
}

/** A number whose digits are kept by its text (JSON.rawJSON), as steps hand long ones to sub-tasks. */
function isExact(value: unknown): value is { readonly rawJSON: string } {
  const json = JSON as unknown as { isRawJSON?(value: unknown): boolean }
  return json.isRawJSON?.(value) === true
}

/** Beyond 2^53 its last digits are gone before anybody could look at them. */
function hasLostDigits(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
}

function hasType(value: unknown, type: InputType): boolean {
  if (type === 'number') return isExact(value) || (typeof value === 'number' && Number.isFinite(value))
  return typeof value === (type === 'bool' ? 'boolean' : 'string')
}
