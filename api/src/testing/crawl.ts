import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'

/** Asks one field of Query, Mutation or Subscription for everything that can be asked below it. */
export interface CrawlOperation {
  /** `Query.tasks` */
  readonly name: string
  readonly kind: 'query' | 'mutation' | 'subscription'
  /** Selections of the root, each a way down to some leaves. */
  readonly parts: readonly string[]
  /** The same field, asked for nothing below it. */
  readonly bare: string
}

const pageSize = 3

/** A value that the type takes; every id is `id`. */
function literalOf(type: GraphQLInputType, id: string): string {
  if (isNonNullType(type)) return literalOf(type.ofType, id)
  if (isListType(type)) return `[${literalOf(type.ofType, id)}]`
  if (isEnumType(type)) return type.getValues()[0]?.name ?? ''
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField)
    return `{${fields.map((field) => `${field.name}: ${literalOf(field.type, id)}`).join(', ')}}`
  }
  const values: Record<string, string> = { ID: JSON.stringify(id), Int: '1', Float: '1', Boolean: 'true' }
  return values[type.name] ?? '"something"'
}

function argumentsOf(args: readonly GraphQLArgument[], id: string): string {
  const said = args.flatMap((arg) => {
    if (arg.name === 'first' && !isRequiredArgument(arg)) return [`first: ${pageSize}`]
    return isRequiredArgument(arg) ? [`${arg.name}: ${literalOf(arg.type, id)}`] : []
  })
  return said.length === 0 ? '' : `(${said.join(', ')})`
}

interface Walk {
  readonly schema: GraphQLSchema
  readonly id: string
  /** So often may a task stand in a path: twice is a task and its parent, of which only the leaves; everything else once. */
  readonly tasksMax: number
  readonly path: readonly string[]
}

/**
 * Selections of one type that together ask for everything: its leaves, and each way down to other leaves. They all begin at the
 * same place, and GraphQL merges what several of them select there, so any of them fit into one operation.
 */
function selectionsOf(type: GraphQLOutputType, walk: Walk): string[] {
  const named = getNamedType(type)
  if (isLeafType(named)) return ['']
  if (isObjectType(named)) return selectionsOfObject(named, walk).map((each) => `{ ${each} }`)
  if (!isAbstractType(named)) return []
  return walk.schema
    .getPossibleTypes(named)
    .flatMap((each) =>
      selectionsOfObject(each, walk).map((fields) => `{ ... on ${each.name} { ${fields} } }`),
    )
}

function selectionsOfObject(type: GraphQLObjectType, walk: Walk): string[] {
  const repeats = walk.path.filter((name) => name === type.name).length
  if (repeats >= (type.name === 'Task' ? walk.tasksMax : 1)) return []
  const below = { ...walk, path: [...walk.path, type.name] }
  const fields = Object.values(type.getFields()).map((field) => ({
    field,
    ways: fieldsOf(field, below, `${type.name}_`),
  }))
  const leaves = fields
    .filter(({ field }) => isLeafType(getNamedType(field.type)))
    .flatMap(({ ways }) => ways)
  if (repeats > 0) return [['__typename', ...leaves].join(' ')]
  const deeper = fields
    .filter(({ field }) => !isLeafType(getNamedType(field.type)))
    .flatMap(({ ways }) => ways)
  return [['__typename', ...leaves].join(' '), ...deeper]
}

/** Members of a union may name fields of different types alike, so each carries the name of its own type. */
function fieldsOf(field: GraphQLField<unknown, unknown>, walk: Walk, prefix = ''): string[] {
  const asked = `${prefix === '' ? '' : `${prefix}${field.name}: `}${field.name}${argumentsOf(field.args, walk.id)}`
  return selectionsOf(field.type, walk).map((selection) => `${asked} ${selection}`)
}

/**
 * An operation for every root field of the schema; whatever wants an id gets this one. What a mutation answers with is asked
 * less deep: it is the same as a query would tell.
 */
export function crawlOperations(schema: GraphQLSchema, id: string): CrawlOperation[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const
  return roots.flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).map((field) => ({
      name: `${root?.name}.${field.name}`,
      kind,
      bare: `${field.name}${argumentsOf(field.args, id)}${isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'}`,
      parts: fieldsOf(field, { schema, id, tasksMax: kind === 'mutation' ? 1 : 2, path: [] }),
    })),
  )
}

export function documentOf({ kind, parts }: CrawlOperation): string {
  return `${kind} { ${parts.join(' ')} }`
}

/** The same in two smaller operations; none when one way down alone is refused for its size, for then nobody can ask it. */
export function halvesOf(operation: CrawlOperation): CrawlOperation[] {
  if (operation.parts.length < 2) return []
  const middle = Math.ceil(operation.parts.length / 2)
  return [
    { ...operation, parts: operation.parts.slice(0, middle) },
    { ...operation, parts: operation.parts.slice(middle) },
  ]
}
