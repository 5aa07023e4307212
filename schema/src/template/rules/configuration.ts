import { RE2JS } from 're2js'
import { flagOfWord } from '../flag-words.ts'
import { suggestion } from '../suggestion.ts'
import { isTemplated } from '../text/parse.ts'

type Schema = Readonly<Record<string, unknown>>

export interface ConfigurationProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
  /** It is the key that is wrong, not its value. */
  readonly isKey?: boolean
}

/**
 * Checks a configuration against its action's JSON Schema before the templates in it are rendered: a text with a handle may
 * become anything and fits everywhere; numbers and booleans may be written as texts, because rendered ones are texts.
 * Knows the part of JSON Schema that actions use: type, properties, required, additionalProperties, items, enum, const,
 * pattern, sizes, bounds, allOf, anyOf, oneOf, not, if/then/else and local $ref.
 */
export function checkConfiguration(schema: Schema, value: unknown): ConfigurationProblem[] {
  return problemsOf({ root: schema, depth: 0 }, schema, value, [])
}

interface Check {
  readonly root: Schema
  readonly depth: number
}

function problemsOf(
  check: Check,
  given: unknown,
  value: unknown,
  path: readonly (string | number)[],
): ConfigurationProblem[] {
  if (given === false) return [{ path, message: 'Nothing can stand here.' }]
  if (!isObject(given) || check.depth > 64) return []
  if (typeof value === 'string' && isTemplated(value)) return []
  const schema = typeof given.$ref === 'string' ? referenced(check.root, given.$ref) : given
  const inner = { root: check.root, depth: check.depth + 1 }
  const typeProblem = checkType(schema, value, path)
  if (typeProblem !== undefined) return [typeProblem]
  return [
    ...checkScalar(schema, value, path),
    ...checkObject(inner, schema, value, path),
    ...checkList(inner, schema, value, path),
    ...checkBranches(inner, schema, value, path),
  ]
}

const typeWords: Record<string, string> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}

function checkType(
  schema: Schema,
  value: unknown,
  path: readonly (string | number)[],
): ConfigurationProblem | undefined {
  if (schema.type === undefined) return undefined
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).map(String)
  if (types.some((type) => hasType(type, value))) return undefined
  return { path, message: `This must be ${types.map((type) => typeWords[type] ?? type).join(' or ')}.` }
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return isObject(value)
    case 'array':
      return Array.isArray(value)
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean' || (typeof value === 'string' && flagOfWord(value) !== undefined)
    case 'integer':
      return Number.isInteger(value) || (typeof value === 'string' && /^[+-]?\d+$/.test(value.trim()))
    case 'number':
      return (
        typeof value === 'number' ||
        (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)))
      )
    default:
      return typeof value === type
  }
}

function checkScalar(
  schema: Schema,
  value: unknown,
  path: readonly (string | number)[],
): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = []
  const say = (message: string) => problems.push({ path, message })
  const allowed = Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : undefined
  if (allowed !== undefined && !allowed.some((known) => known === value || String(known) === value)) {
    const words = allowed.map((known) => (typeof known === 'string' ? known : JSON.stringify(known)))
    const hint = typeof value === 'string' ? suggestion(value, words) : '.'
    say(`This must be one of ${words.join(', ')}${hint}`)
  }
  if (typeof value === 'string') {
    const length = [...value].length
    if (length < numberOf(schema.minLength, 0))
      say(value === '' ? 'This must not be empty.' : 'This is too short.')
    if (length > numberOf(schema.maxLength, Number.POSITIVE_INFINITY))
      say(`This may have ${schema.maxLength} characters.`)
    if (typeof schema.pattern === 'string' && !RE2JS.compile(schema.pattern).matcher(value).find()) {
      say(`This must match ${schema.pattern}.`)
    }
  }
  const isNumeric = typeof value === 'number' || (typeof value === 'string' && wantsNumber(schema))
  if (isNumeric) {
    const least = numberOf(schema.minimum, Number.NEGATIVE_INFINITY)
    const most = numberOf(schema.maximum, Number.POSITIVE_INFINITY)
    if (Number(value) < least) say(`This must be ${least} or more.`)
    if (Number(value) > most) say(`This must be ${most} or less.`)
  }
  return problems
}

function wantsNumber(schema: Schema): boolean {
  return schema.type === 'number' || schema.type === 'integer'
}

function checkObject(
  check: Check,
  schema: Schema,
  value: unknown,
  path: readonly (string | number)[],
): ConfigurationProblem[] {
  if (!isObject(value)) return []
  const problems: ConfigurationProblem[] = []
  const properties = isObject(schema.properties) ? schema.properties : {}
  for (const key of Array.isArray(schema.required) ? schema.required.map(String) : []) {
    if (!Object.hasOwn(value, key)) problems.push({ path, message: `"${key}" is missing here.` })
  }
  for (const [key, element] of Object.entries(value)) {
    if (Object.hasOwn(properties, key)) {
      problems.push(...problemsOf(check, properties[key], element, [...path, key]))
    } else if (schema.additionalProperties === false) {
      const message = `There is no "${key}" here${suggestion(key, Object.keys(properties))}`
      problems.push({ path: [...path, key], message, isKey: true })
    } else {
      problems.push(...problemsOf(check, schema.additionalProperties, element, [...path, key]))
    }
  }
  return problems
}

function checkList(
  check: Check,
  schema: Schema,
  value: unknown,
  path: readonly (string | number)[],
): ConfigurationProblem[] {
  if (!Array.isArray(value)) return []
  const problems: ConfigurationProblem[] = []
  if (value.length < numberOf(schema.minItems, 0)) {
    problems.push({ path, message: `This needs ${schema.minItems} or more entries.` })
  }
  if (value.length > numberOf(schema.maxItems, Number.POSITIVE_INFINITY)) {
    problems.push({ path, message: `This may have ${schema.maxItems} entries.` })
  }
  value.forEach((element, i) => {
    problems.push(...problemsOf(check, schema.items, element, [...path, i]))
  })
  return problems
}

function checkBranches(
  check: Check,
  schema: Schema,
  value: unknown,
  path: readonly (string | number)[],
): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = []
  const fits = (branch: unknown) => problemsOf(check, branch, value, path).length === 0
  for (const branch of listOf(schema.allOf)) problems.push(...problemsOf(check, branch, value, path))
  // With templated texts several branches of a oneOf may fit; which one is known when it runs.
  for (const branches of [listOf(schema.anyOf), listOf(schema.oneOf)]) {
    if (branches.length > 0 && !branches.some(fits)) problems.push(...fewest(check, branches, value, path))
  }
  if (schema.not !== undefined && fits(schema.not))
    problems.push({ path, message: 'This combination is not possible.' })
  if (schema.if !== undefined) {
    const branch = fits(schema.if) ? schema.then : schema.else
    problems.push(...problemsOf(check, branch, value, path))
  }
  return problems
}

/** What the branch that comes nearest has to say. */
function fewest(
  check: Check,
  branches: readonly unknown[],
  value: unknown,
  path: readonly (string | number)[],
): ConfigurationProblem[] {
  const answers = branches.map((branch) => problemsOf(check, branch, value, path))
  const required = answers.every(
    (answer) => answer.length === 1 && answer[0]?.message.endsWith('is missing here.'),
  )
  if (required) {
    const names = answers.map((answer) => answer[0]?.message.split('"')[1])
    return [{ path, message: `One of ${names.join(', ')} is needed here.` }]
  }
  return answers.reduce((best, answer) => (answer.length < best.length ? answer : best))
}

function referenced(root: Schema, reference: string): Schema {
  let at: unknown = root
  for (const part of reference.replace(/^#/, '').split('/').filter(Boolean)) {
    at = isObject(at) && Object.hasOwn(at, part) ? at[part] : undefined
  }
  return isObject(at) ? at : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
