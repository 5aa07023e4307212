import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as words from '@stint/schema/words'
import { type GraphQLNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { taskVerbs } from '../domains/tasks/verb-rules.ts'
import { nameOfWord } from './enums.ts'
import { printedSchema, schema } from './schema.ts'

const ownTypes = Object.values(schema.getTypeMap()).filter(
  ({ name }) => !name.startsWith('__') && !['ID', 'String', 'Int', 'Float', 'Boolean'].includes(name),
)

/** Everything of a type that carries a description, by its name. */
function describedParts(type: GraphQLNamedType): [string, string | null | undefined][] {
  const own: [string, string | null | undefined] = [type.name, type.description]
  if (isEnumType(type)) {
    return [
      own,
      ...type
        .getValues()
        .map((value): [string, typeof value.description] => [
          `${type.name}.${value.name}`,
          value.description,
        ]),
    ]
  }
  if (isInputObjectType(type)) {
    return [
      own,
      ...Object.values(type.getFields()).map((field): [string, typeof field.description] => [
        `${type.name}.${field.name}`,
        field.description,
      ]),
    ]
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [own]
  const fields = Object.values(type.getFields()).flatMap((field) => [
    [`${type.name}.${field.name}`, field.description] as [string, typeof field.description],
    ...field.args.map(
      (arg) =>
        [`${type.name}.${field.name}(${arg.name})`, arg.description] as [string, typeof arg.description],
    ),
  ])
  return [own, ...fields]
}

describe('the GraphQL contract', () => {
  it('explains every type, field, argument and value', () => {
    const silent = ownTypes.flatMap(describedParts).filter(([, text]) => !text?.trim())
    expect(silent.map(([name]) => name)).toEqual([])
  })

  it('says of every query, mutation and subscription who may ask', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    const open = roots.flatMap((root) =>
      Object.values(root?.getFields() ?? {})
        .filter((field) => !(field.extensions.pothosOptions as { authScopes?: unknown }).authScopes)
        .map((field) => `${root?.name}.${field.name}`),
    )
    expect(open).toEqual([])
  })

  it('lets strangers ask only who they are and what server this is', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
    const open = roots.flatMap((root) =>
      Object.values(root?.getFields() ?? {})
        .filter((field) => {
          const { authScopes } = field.extensions.pothosOptions as { authScopes: object }
          return 'public' in authScopes || typeof authScopes === 'function'
        })
        .map((field) => `${root?.name}.${field.name}`),
    )
    expect(open.sort()).toEqual(['Query.me', 'Query.server'])
  })

  it('is the one that is committed; run `npm run schema` when it is not', () => {
    const committed = readFileSync(join(import.meta.dirname, '../../../schema/schema.graphql'), 'utf8')
    expect(printedSchema()).toBe(committed)
  })

  it.each([
    ['TaskKind', words.taskKinds],
    ['TaskState', words.taskStates],
    ['TaskResult', words.taskResults],
    ['TaskReason', words.taskReasons],
    ['Permission', words.permissions],
    ['Role', words.roles],
    ['ReviewDecision', words.reviewDecisions],
    ['ExecutorState', words.executorStates],
    ['OutputStream', words.outputStreams],
    ['ChannelKind', words.channelKinds],
    ['DeliveryState', words.deliveryStates],
    ['EventKind', words.eventKinds],
    ['InputType', words.inputTypes],
    ['TaskVerb', taskVerbs],
  ] as const)('names in %s what words.ts names', (name, list) => {
    const type = schema.getType(name)
    const values = isEnumType(type) ? type.getValues() : []
    expect(values.map((value) => value.value).sort()).toEqual([...list].sort())
    expect(values.map((value) => value.name).sort()).toEqual(list.map(nameOfWord).sort())
  })
})
