import { type CheckOptions, checkTemplate, type NotRunYet } from '@stint/schema/template'
import type { ActionRegistry } from '../../engine/action.ts'
import { schemaProblem } from '../../engine/template/json-schema.ts'
import { expressionProblem } from '../../engine/values/expression.ts'
import type { TemplateCheck } from './model.ts'

/** What the checker understands and engine/run does not do. */
const notRunYet: ReadonlySet<NotRunYet> = new Set(['foreach', 'locks', 'links', 'limits'])

/**
 * The one checker of this process, for folders, saving and the editor: it knows the actions, compiles JSON Schemas and parses
 * expressions. `configItems` names what templates may read as `.config.ITEM`.
 */
export function templateCheck(
  registry: ActionRegistry,
  configItems?: () => ReadonlySet<string>,
): TemplateCheck {
  const options: CheckOptions = {
    actions: new Map(registry.all().map((action) => [action.type, action])),
    schemaProblem,
    expressionProblem,
    notRunYet,
  }
  return (text) => checkTemplate(text, { ...options, configItems: configItems?.() })
}
