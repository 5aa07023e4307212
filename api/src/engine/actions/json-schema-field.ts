import { ActionError, type JsonSchema } from '../action.ts'
import { schemaProblem } from '../template/json-schema.ts'
import { type Configuration, isTemplated } from './configuration.ts'
import { jsonOf } from './people.ts'

/** A JSON Schema as an object, or as a text that holds one. Absent: undefined. Throws for one that cannot be used. */
export function schemaOf(configuration: Configuration): JsonSchema | undefined {
  const given = configuration.schema
  if (given === undefined || given === null || given === '') return undefined
  const schema = typeof given === 'string' ? jsonOf(given, 'schema') : given
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    throw new ActionError('client', 'schema must be a JSON Schema: an object.')
  const problem = schemaProblem(schema as JsonSchema)
  if (problem !== undefined) throw new ActionError('client', problem)
  return schema as JsonSchema
}

/** Before a run: sentences about a schema that is written out and cannot be used. */
export function schemaComplaints(configuration: Configuration): string[] {
  const holdsHandles =
    isTemplated(configuration.schema) || JSON.stringify(configuration.schema ?? '').includes('{{')
  if (holdsHandles) return []
  try {
    schemaOf(configuration)
    return []
  } catch (error) {
    if (error instanceof ActionError) return [error.message]
    throw error
  }
}

/** The schema of such a field. */
export const schemaProperty = (of: string) => ({
  type: ['object', 'string'],
  description: `JSON Schema of ${of}: an object, or a text that holds one. Absent: anything is taken.`,
})
