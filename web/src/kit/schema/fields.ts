/** A JSON Schema, as far as a form needs to know it. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly format?: string
  readonly writeOnly?: boolean
  readonly readOnly?: boolean
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly contentMediaType?: string
}

export type FieldKind =
  | 'text'
  | 'lines'
  | 'secret'
  | 'number'
  | 'switch'
  | 'choice'
  | 'choices'
  | 'list'
  | 'date'
  | 'date-time'
  | 'json'

export interface Choice {
  readonly value: unknown
  readonly label: string
}

/** One field of a form, made from one part of a schema. */
export interface SchemaField {
  /** Where its value belongs in the answer: `['network', 'mode']`. */
  readonly path: readonly string[]
  readonly key: string
  readonly label: string
  readonly kind: FieldKind
  readonly schema: JsonSchema
  readonly isRequired: boolean
  /** Of `choice` and `choices`. */
  readonly choices: readonly Choice[]
}

/** Texts from this length on get several lines. */
const longText = 200

const typeOf = (schema: JsonSchema): string | undefined =>
  Array.isArray(schema.type)
    ? schema.type.find((type) => type !== 'null')
    : (schema.type as string | undefined)

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

function choicesOf(schema: JsonSchema): Choice[] | undefined {
  if (schema.enum) return schema.enum.map((value) => ({ value, label: textOf(value) }))
  const named = schema.oneOf ?? schema.anyOf
  if (!named?.length || !named.every((one) => 'const' in one)) return undefined
  return named.map((one) => ({ value: one.const, label: one.title ?? textOf(one.const) }))
}

function textKind(schema: JsonSchema): FieldKind {
  if (schema.format === 'date') return 'date'
  if (schema.format === 'date-time') return 'date-time'
  if (schema.format === 'password' || schema.writeOnly) return 'secret'
  const isLong =
    (schema.maxLength ?? 0) > longText || schema.format === 'multiline' || schema.contentMediaType
  return isLong ? 'lines' : 'text'
}

function kindOf(schema: JsonSchema): { kind: FieldKind; choices: readonly Choice[] } {
  const choices = choicesOf(schema)
  if (choices) return { kind: 'choice', choices }
  const type = typeOf(schema)
  if (type === 'string') return { kind: textKind(schema), choices: [] }
  if (type === 'number' || type === 'integer') return { kind: 'number', choices: [] }
  if (type === 'boolean') return { kind: 'switch', choices: [] }
  if (type === 'array' && schema.items) {
    const ofItem = choicesOf(schema.items)
    if (ofItem) return { kind: 'choices', choices: ofItem }
    const itemType = typeOf(schema.items)
    if (itemType === 'string' || itemType === 'number' || itemType === 'integer')
      return { kind: 'list', choices: [] }
  }
  // A question without a schema is answered in one's own words.
  const isFree = type === undefined && !schema.properties && !schema.oneOf && !schema.anyOf
  return { kind: isFree ? 'lines' : 'json', choices: [] }
}

const wordsOf = (name: string) => {
  const spaced = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
  return spaced.charAt(0).toUpperCase() + spaced.slice(1).toLowerCase()
}

// Objects lose the order of their names on their way through a database, lists do not: what is needed comes first, in the
// order in which it is said to be needed.
function inOrder({ properties = {}, required = [] }: JsonSchema): [string, JsonSchema][] {
  const needed = required.flatMap((name): [string, JsonSchema][] => {
    const part = properties[name]
    return part ? [[name, part]] : []
  })
  return [...needed, ...Object.entries(properties).filter(([name]) => !required.includes(name))]
}

/**
 * The fields of an object, those that are needed first; those of objects within it stand in their place, with its name
 * before theirs. Undefined when the schema is no object: then the whole answer is one field.
 */
export function fieldsOf(
  schema: JsonSchema,
  path: readonly string[] = [],
  prefix = '',
): SchemaField[] | undefined {
  if (!schema.properties) return undefined
  return inOrder(schema).flatMap(([name, part]): SchemaField[] => {
    if (part.readOnly) return []
    const here = [...path, name]
    const label = `${prefix}${part.title ?? wordsOf(name)}`
    if (part.properties) return fieldsOf(part, here, `${label}: `) ?? []
    const isRequired = schema.required?.includes(name) ?? false
    return [{ path: here, key: here.join('.'), label, schema: part, isRequired, ...kindOf(part) }]
  })
}

/** The fields of any schema: an answer that is no object is one field. */
export const formOf = (schema: JsonSchema): SchemaField[] =>
  fieldsOf(schema) ?? [
    {
      path: [],
      key: 'answer',
      label: schema.title ?? 'Answer',
      schema,
      isRequired: true,
      ...kindOf(schema),
    },
  ]
