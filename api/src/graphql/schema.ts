import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { builder } from './builder.ts'
import { guardedMutations } from './maintenance.ts'
import './scalars.ts'
import './task.ts'
import './task-list.ts'
import './task-relations.ts'
import './task-values.ts'
import './task-create.ts'
import './step.ts'
import './attempt.ts'
import './output.ts'
import './event.ts'
import './command.ts'
import './task-control.ts'
import './task-edit.ts'
import './task-console.ts'
import './executor.ts'
import './lock.ts'
import './template.ts'
import './template-check.ts'
import './template-save.ts'
import './action-type.ts'
import './channel.ts'
import './delivery.ts'
import './template-function.ts'
import './dry-run.ts'
import './live.ts'
import './server-info.ts'
import './keys.ts'
import './me.ts'
import './user.ts'
import './api-token.ts'
import './setting.ts'
import './configuration.ts'
import './audit.ts'

/** Everything that the files above told the builder. */
export const schema: GraphQLSchema = guardedMutations(builder.toSchema())

/** The contract as text, sorted so that a diff shows what changed and nothing else. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
