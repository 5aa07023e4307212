/** The parts of a JSON Schema that its documentation tells. */
export interface DocumentedSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, DocumentedSchema>>
  readonly required?: readonly string[]
  readonly items?: DocumentedSchema
  readonly additionalProperties?: boolean | DocumentedSchema
  readonly oneOf?: readonly DocumentedSchema[]
  readonly anyOf?: readonly DocumentedSchema[]
}

/** One field as a line of the documentation. */
export interface SchemaRow {
  /** `auth.bearer`, `steps[].name`. */
  readonly name: string
  readonly type: string
  readonly isRequired: boolean
  readonly description: string
  /** `one of GET, POST · default GET`. */
  readonly rule: string
}

const deepest = 4

const shown = (value: unknown) =>
  typeof value === 'string' ? (value === '' ? '“”' : value) : JSON.stringify(value)

function typeText(schema: DocumentedSchema): string {
  const { type } = schema
  if (type === 'array') return schema.items ? `list of ${typeText(schema.items)}` : 'list'
  if (typeof type === 'string') return type
  if (type) return type.join(' or ')
  const parts = schema.oneOf ?? schema.anyOf
  if (parts) return [...new Set(parts.map(typeText))].join(' or ')
  return schema.const === undefined && !schema.enum ? 'any' : 'value'
}

function ruleText(schema: DocumentedSchema): string {
  const { minimum, maximum, format } = schema
  const bounds =
    minimum !== undefined && maximum !== undefined
      ? `${minimum} to ${maximum}`
      : minimum !== undefined
        ? `at least ${minimum}`
        : maximum !== undefined && `at most ${maximum}`
  const rules = [
    schema.enum && `one of ${schema.enum.map(shown).join(', ')}`,
    schema.pattern && `matches ${schema.pattern}`,
    format,
    bounds,
    schema.default !== undefined && `default ${shown(schema.default)}`,
  ]
  return rules.filter(Boolean).join(' · ')
}

/** The fields of a schema below each other, those of nested objects behind the field that holds them. */
export function schemaRows(schema: DocumentedSchema | null | undefined, prefix = '', depth = 0): SchemaRow[] {
  if (!schema?.properties || depth > deepest) return []
  return Object.entries(schema.properties).flatMap(([key, part]) => {
    const name = `${prefix}${key}`
    const row: SchemaRow = {
      name,
      type: typeText(part),
      isRequired: schema.required?.includes(key) ?? false,
      description: part.description ?? '',
      rule: ruleText(part),
    }
    const below = part.type === 'array' ? part.items : part
    return [row, ...schemaRows(below, part.type === 'array' ? `${name}[].` : `${name}.`, depth + 1)]
  })
}
