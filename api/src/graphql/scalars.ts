import { GraphQLError, Kind, type ValueNode } from 'graphql'
import { builder } from './builder.ts'

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

function dateOf(value: unknown): Date {
  const date = typeof value === 'string' && instant.test(value) ? new Date(value) : undefined
  if (date !== undefined && !Number.isNaN(date.getTime())) return date
  throw new GraphQLError('A DateTime is written as 2026-11-20T08:30:00.000Z.')
}

builder.scalarType('DateTime', {
  description: 'An instant in ISO 8601, in UTC with milliseconds: `2026-11-20T08:30:00.000Z`.',
  serialize: (value) => value.toISOString(),
  parseValue: dateOf,
  parseLiteral: (node) => dateOf(node.kind === Kind.STRING ? node.value : undefined),
})

type Variables = { readonly [name: string]: unknown } | null | undefined

/** An object of the query text becomes a plain one without a prototype: a key such as `__proto__` is only a key. */
function jsonOf(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.LIST:
      return node.values.map((value) => jsonOf(value, variables))
    case Kind.OBJECT: {
      const object = Object.create(null) as Record<string, unknown>
      for (const field of node.fields) object[field.name.value] = jsonOf(field.value, variables)
      return object
    }
    case Kind.VARIABLE:
      return variables?.[node.name.value]
    case Kind.NULL:
      return null
  }
}

builder.scalarType('JSON', {
  description: 'Any JSON value: an object, a list, a string, a number, true, false or null.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => jsonOf(node, variables),
})
