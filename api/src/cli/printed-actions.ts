import { documentationOf, exampleOf, idempotenceOf, resourcesOf } from '../engine/action-documentation.ts'
import { actionsAtRest } from './actions-at-rest.ts'

/** schema/actions.json: what the command line shows of the built-in actions without a server. */
export function printedActions(): string {
  const described = actionsAtRest()
    .all()
    .map((action) => ({
      type: action.type,
      description: action.description,
      idempotent: idempotenceOf(action),
      resources: resourcesOf(action),
      example: exampleOf(action) ?? null,
      documentation: documentationOf(action),
      configuration: action.configuration,
      output: action.output ?? null,
      metadata: action.metadata ?? null,
    }))
  return `${JSON.stringify(described, undefined, 2)}\n`
}
