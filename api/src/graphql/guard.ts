import { EnvelopArmor } from '@escape.tech/graphql-armor'
import { NoSchemaIntrospectionCustomRule } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { can } from '../domains/access/model.ts'
import type { Caller } from './context.ts'

/**
 * What a document may be before any of it runs. A task page with its newest steps, attempts and errors is 12 deep; more than
 * 30 aliases or 2,000 tokens nobody writes by hand. What it may cost is counted with its variables: see builder.ts.
 */
export function documentLimits(): Plugin[] {
  const { plugins } = new EnvelopArmor({
    costLimit: { enabled: false },
    maxDepth: { n: 12 },
    maxAliases: { n: 30 },
    maxTokens: { n: 2_000 },
    maxDirectives: { n: 50 },
    // "Did you mean …" would tell the contract to those who may not read it.
    blockFieldSuggestion: { enabled: true },
  }).protect()
  // The plugins are Envelop's; Yoga's type knows more hooks and wants them all.
  return plugins as unknown as Plugin[]
}

/** The contract itself is readable for those who may explore it, and for everybody where developers work. */
export function introspectionRule(isOpen: boolean): Plugin {
  return {
    onValidate({ context, addValidationRule }) {
      const { caller } = context as unknown as { caller: Caller }
      if (!isOpen && !can(caller.actor, 'graphql.explore')) addValidationRule(NoSchemaIntrospectionCustomRule)
    },
  }
}
