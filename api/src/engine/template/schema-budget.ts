import type { Ajv } from 'ajv'

/*
 * A JSON Schema can refer to its own parts so that a value is held against 2^n of them, or a long list against many alternatives.
 * Every part that leads to others therefore counts, and the count asks the time now and then. Costs 20 ns for each such part.
 */

type JsonSchema = Readonly<Record<string, unknown>>

const validationMs = 1000
const lookEvery = 256
/** Each alternative that fails leaves an error, and ajv copies them at every level: by time alone they filled 4 GB. */
const countMax = 500_000
/** Compiling is not interrupted: 2,000 parts take 0.4 s. */
const partsMax = 3000
const depthMax = 64

/** Holding a value against a schema took too much. */
export class SchemaBudgetSpent extends Error {
  constructor() {
    super('holding the value against its JSON Schema takes too long; use fewer alternatives')
    this.name = 'SchemaBudgetSpent'
  }
}

/** A key that no schema and no property has. */
const keyword = 'stint:counts'
const applicators = new Set([
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'items',
  'prefixItems',
  'additionalItems',
  'contains',
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'propertyNames',
  'dependentSchemas',
  'dependencies',
])
/** What is data, not a schema. */
const data = new Set(['const', 'enum', 'default', 'examples'])

let deadline = Number.POSITIVE_INFINITY
let count = 0

function spend(): void {
  if (++count > countMax || (count % lookEvery === 0 && performance.now() > deadline))
    throw new SchemaBudgetSpent()
}

/** Validates within the time that one value may take. Throws SchemaBudgetSpent. */
export function withinBudget<T>(validate: () => T): T {
  deadline = performance.now() + validationMs
  count = 0
  try {
    return validate()
  } finally {
    deadline = Number.POSITIVE_INFINITY
  }
}

/** `first` is the keyword that this kind of ajv asks first. */
export function addBudget<T extends Ajv>(ajv: T, first: string): T {
  ajv.addKeyword({
    keyword,
    // Before all others: behind one that fails nothing is asked any more.
    before: first,
    schemaType: 'boolean',
    errors: false,
    validate: () => {
      spend()
      return true
    },
  })
  return ajv
}

/** The schema with the parts that count. Throws for one that is too large to be compiled at once. */
export function counted(schema: JsonSchema): JsonSchema {
  let parts = 0
  const walk = (value: unknown, depth: number): unknown => {
    if (depth > depthMax) throw new Error(`it is nested more than ${depthMax} deep`)
    if (++parts > partsMax) throw new Error(`it has more than ${partsMax} parts`)
    if (Array.isArray(value)) return value.map((each) => walk(each, depth + 1))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([key, part]) => [
      key,
      data.has(key) ? part : walk(part, depth + 1),
    ])
    // A part that is nothing but a reference is left alone: ajv finds those that lead back to themselves.
    const isPlainReference = entries.length === 1 && entries[0]?.[0] === '$ref'
    const leadsOn = !isPlainReference && entries.some(([key]) => applicators.has(key as string))
    return Object.fromEntries(leadsOn ? [...entries, [keyword, true]] : entries)
  }
  return walk(schema, 0) as JsonSchema
}
