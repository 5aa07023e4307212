import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { RE2JS } from 're2js'
import { addBudget, counted, SchemaBudgetSpent, withinBudget } from './schema-budget.ts'

type JsonSchema = Readonly<Record<string, unknown>>

let patternNo = 0

/** ajv keeps patterns by the text of their object, so it must differ; `code` is what generated code would say. */
const linearPattern = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern)
    const name = `pattern ${++patternNo}: ${pattern}`
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => name }
  },
  { code: 'new RegExp' },
)

const options: Options = {
  strict: false,
  allErrors: false,
  validateFormats: false,
  // A schema must not bring the id of another one into conflict; each is compiled in a world of its own.
  addUsedSchema: false,
  code: { regExp: linearPattern as unknown as NonNullable<NonNullable<Options['code']>['regExp']> },
}

/** ajv compares each element with each other where they may be objects; 100,000 of them would take minutes. */
function withLinearUnique<T extends Ajv>(ajv: T): T {
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (wanted: boolean, list: readonly unknown[]) => {
      return !wanted || new Set(list.map(canonical)).size === list.length
    },
    error: { message: 'must NOT have the same element twice' },
  })
  return ajv
}

/** Equal values have equal texts, whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    const sorted = Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(sorted)
  })
}

/** By the schema object itself: templates live long, and compiling costs milliseconds. */
const compiledSchemas = new WeakMap<JsonSchema, ValidateFunction>()

/** Why a `json_schema` cannot be used; undefined when it can. */
export function schemaProblem(schema: JsonSchema): string | undefined {
  try {
    compileSchema(schema)
    return undefined
  } catch (error) {
    if (error instanceof RangeError) return 'This JSON Schema refers to itself without end.'
    return `This JSON Schema cannot be used: ${error instanceof Error ? error.message : String(error)}.`
  }
}

/** Why a value does not fit; undefined when it does. Throws for a schema that cannot be used. */
export function valueProblem(schema: JsonSchema, value: unknown): string | undefined {
  const validate = compileSchema(schema)
  try {
    const plain = plainOf(value)
    return withinBudget(() => validate(plain)) ? undefined : sentenceOf(validate.errors?.[0])
  } catch (error) {
    if (error instanceof SchemaBudgetSpent) return error.message
    if (error instanceof RangeError) return 'the value is nested too deeply for its JSON Schema'
    throw error
  }
}

/** Exact numbers become plain ones: ajv knows only those. */
function plainOf(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value))
}

export interface SchemaFieldProblem {
  /** Of the field at fault, as `address.city`; empty for the value itself. */
  readonly name: string
  readonly message: string
}

const fieldProblemsMax = 20

/** Everything that does not fit, a sentence for each field; empty when it fits. Throws for a schema that cannot be used. */
export function fieldProblems(schema: JsonSchema, value: unknown): SchemaFieldProblem[] {
  if (valueProblem(schema, value) === undefined) return []
  const validate = newValidate(schema, true)
  try {
    const plain = plainOf(value)
    withinBudget(() => validate(plain))
  } catch (error) {
    if (!(error instanceof SchemaBudgetSpent || error instanceof RangeError)) throw error
    return [{ name: '', message: 'The value does not fit its JSON Schema.' }]
  }
  const found = (validate.errors ?? []).slice(0, fieldProblemsMax).map(fieldProblemOf)
  return found.length > 0 ? found : [{ name: '', message: 'The value does not fit its JSON Schema.' }]
}

function fieldProblemOf(error: ErrorObject): SchemaFieldProblem {
  const params = error.params as Record<string, unknown>
  const path = error.instancePath.split('/').slice(1)
  // What is missing or too much is said beside its own field.
  for (const key of ['missingProperty', 'additionalProperty'])
    if (typeof params[key] === 'string') path.push(params[key])
  const name = path.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).join('.')
  if (error.keyword === 'required') return { name, message: 'This is missing.' }
  if (error.keyword === 'additionalProperties') return { name, message: 'Nobody asked for this.' }
  const allowed = Array.isArray(params.allowedValues) ? `: ${params.allowedValues.join(', ')}` : ''
  return { name, message: `This ${error.message ?? 'does not fit'}${allowed}.` }
}

function compileSchema(schema: JsonSchema): ValidateFunction {
  const known = compiledSchemas.get(schema)
  if (known !== undefined) return known
  const validate = newValidate(schema, false)
  compiledSchemas.set(schema, validate)
  return validate
}

function newValidate(schema: JsonSchema, allErrors: boolean): ValidateFunction {
  const draft = draftOf(schema)
  // Shorthand of µTask: `version: 4` and no $schema.
  const { version: _, $schema: __, ...rest } = schema
  const body = draft === '4' ? (modernised(rest) as JsonSchema) : rest
  const own = { ...options, allErrors }
  const ajv = draft === '2020' ? new Ajv2020(own) : new Ajv(own)
  return addBudget(withLinearUnique(ajv), draft === '2020' ? '$dynamicAnchor' : '$comment').compile(
    counted(body),
  )
}

function draftOf(schema: JsonSchema): '4' | '7' | '2020' {
  const uri = typeof schema.$schema === 'string' ? schema.$schema : ''
  if (uri.includes('2020-12') || uri.includes('2019-09')) return '2020'
  if (uri.includes('draft-04')) return '4'
  return uri === '' && String(schema.version) === '4' ? '4' : '7'
}

/** Draft 4 in the words of draft 7: `id`, and exclusive bounds that were booleans. */
function modernised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(modernised)
  if (typeof value !== 'object' || value === null) return value
  const { id, exclusiveMinimum, exclusiveMaximum, minimum, maximum, ...rest } = value as Record<
    string,
    unknown
  >
  const modern: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest).map(([key, part]) => [key, modernised(part)]),
  )
  if (typeof id === 'string') modern.$id = id
  else if (id !== undefined) modern.id = modernised(id)
  Object.assign(modern, bound('minimum', 'exclusiveMinimum', minimum, exclusiveMinimum))
  return Object.assign(modern, bound('maximum', 'exclusiveMaximum', maximum, exclusiveMaximum))
}

function bound(
  name: string,
  exclusiveName: string,
  limit: unknown,
  exclusive: unknown,
): Record<string, unknown> {
  if (exclusive === true) return { [exclusiveName]: limit }
  const kept: Record<string, unknown> = limit === undefined ? {} : { [name]: modernised(limit) }
  // As the name of a property it is no boolean.
  if (exclusive !== undefined && exclusive !== false) kept[exclusiveName] = modernised(exclusive)
  return kept
}

function sentenceOf(error: ErrorObject | undefined): string {
  if (error === undefined) return 'the value does not fit its JSON Schema'
  const place = error.instancePath === '' ? 'the value' : error.instancePath
  const params = error.params as Record<string, unknown>
  const extra = typeof params.additionalProperty === 'string' ? ` ("${params.additionalProperty}")` : ''
  return `${place} ${error.message ?? 'does not fit'}${extra}`
}
