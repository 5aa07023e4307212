type Schema = Readonly<Record<string, unknown>>

const branchKeys = ['allOf', 'anyOf', 'oneOf'] as const
const singleKeys = ['if', 'then', 'else'] as const

/**
 * Can a value that fits the JSON Schema have something at this path? Follows $ref, allOf, anyOf, oneOf and if/then/else.
 * A schema that names no properties says nothing about them, so everything is reachable there.
 */
export function isReachable(root: Schema, path: readonly string[]): boolean {
  return reaches(root, root, path, new Set())
}

/** Names that stand at the path's last but one place, for suggestions. */
export function propertiesAt(root: Schema, path: readonly string[]): string[] {
  const names: string[] = []
  collect(root, root, path, names, new Set())
  return names
}

function reaches(root: Schema, schema: unknown, path: readonly string[], seen: Set<unknown>): boolean {
  const [name, ...rest] = path
  if (name === undefined || !isSchema(schema)) return schema !== false
  if (seen.has(schema)) return false
  seen.add(schema)
  const parts = partsOf(root, schema)
  if (parts.some((part) => reaches(root, part, path, seen))) return true
  const properties = schema.properties
  const hasOwn = isSchema(properties) && Object.hasOwn(properties, name)
  if (hasOwn) return reaches(root, (properties as Schema)[name], rest, new Set())
  if (isSchema(schema.patternProperties)) return true
  if (isSchema(schema.additionalProperties))
    return reaches(root, schema.additionalProperties, rest, new Set())
  if (schema.additionalProperties === true) return true
  const saysNothing = properties === undefined && parts.length === 0 && schema.additionalProperties !== false
  return saysNothing && mayBeObject(schema)
}

function mayBeObject(schema: Schema): boolean {
  const { type } = schema
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'))
}

function partsOf(root: Schema, schema: Schema): unknown[] {
  const parts: unknown[] = []
  for (const key of branchKeys) if (Array.isArray(schema[key])) parts.push(...(schema[key] as unknown[]))
  for (const key of singleKeys) if (isSchema(schema[key])) parts.push(schema[key])
  if (typeof schema.$ref === 'string') parts.push(referenced(root, schema.$ref))
  return parts
}

/** Local references only (`#/definitions/x`); others say nothing. */
function referenced(root: Schema, reference: string): unknown {
  if (!reference.startsWith('#')) return {}
  let at: unknown = root
  for (const part of reference.slice(1).split('/').filter(Boolean)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    at = isSchema(at) && Object.hasOwn(at, name) ? at[name] : undefined
  }
  return at
}

function collect(
  root: Schema,
  schema: unknown,
  path: readonly string[],
  names: string[],
  seen: Set<unknown>,
): void {
  if (!isSchema(schema) || seen.has(schema)) return
  seen.add(schema)
  const [name, ...rest] = path
  if (isSchema(schema.properties)) {
    if (rest.length === 0) names.push(...Object.keys(schema.properties))
    else if (name !== undefined) collect(root, schema.properties[name], rest, names, seen)
  }
  for (const part of partsOf(root, schema)) collect(root, part, path, names, seen)
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
