import type { Template } from '@stint/schema/template-types'
import { type Actor, can } from '../access/model.ts'
import { normalName } from '../access/names.ts'

/** Who may accept a task, besides operators and administrators: those its template names, and those its creator named. */
export interface Resolvers {
  readonly resolvers: readonly string[]
  readonly resolverGroups: readonly string[]
}

export function resolversOf(
  template: Pick<Template, 'allowedResolverUsernames' | 'allowedResolverGroups'>,
  named: readonly string[],
  groups: readonly string[] = [],
): Resolvers {
  const resolvers = [...template.allowedResolverUsernames, ...named].map(normalName)
  return {
    resolvers: [...new Set(resolvers)],
    resolverGroups: [...new Set([...template.allowedResolverGroups, ...groups])],
  }
}

/** What a template says about people. */
export type TemplateRights = Pick<
  Template,
  'allowedResolverUsernames' | 'allowedResolverGroups' | 'allowTaskStartOver'
>

/** Does the template itself name him, or a group of his? Those whom creators name are resolvers, not owners. */
export function isTemplateOwner(actor: Actor, template: TemplateRights | undefined): boolean {
  if (template === undefined || !can(actor, 'task.resolve')) return false
  const { resolvers, resolverGroups } = resolversOf(template, [])
  return resolvers.includes(actor.name) || resolverGroups.some((group) => actor.groups.includes(group))
}

/** May this person say who accepts tasks of this template, besides those whom it names? */
export function mayNameResolvers(actor: Actor, template: Template): boolean {
  return mayResolve(actor, template)
}

/** May this person accept tasks of this template? The ones whom the creator names do not count: he could name himself. */
function mayResolve(actor: Actor, template: Template): boolean {
  if (!can(actor, 'task.resolve')) return false
  return actor.roles.includes('admin') || actor.roles.includes('operator') || isTemplateOwner(actor, template)
}

/**
 * Does a new task run without anybody's approval? As µTask: when its template is `auto_runnable` and its creator could
 * approve it himself, or the template lets everybody (`allow_all_resolver_usernames`). Beyond µTask: also when a creator who may
 * resolve gives the resolver inputs along, which is his approval.
 */
export function isApproved(actor: Actor, template: Template, givesResolverInput: boolean): boolean {
  if (givesResolverInput) return mayResolve(actor, template)
  if (!template.autoRunnable) return false
  return template.allowAllResolverUsernames || mayResolve(actor, template)
}
