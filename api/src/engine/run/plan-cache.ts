import type { Template } from '@stint/schema/template-types'
import type { ActionRegistry } from '../action.ts'
import { type Plan, planOf } from './plan.ts'

const plansMax = 500

/** Plans of stored template versions: a version never changes, so it is read and planned once. */
export class PlanCache {
  readonly #registry: ActionRegistry
  readonly #templateOf: (templateId: string) => Promise<Template>
  readonly #plans = new Map<string, Promise<Plan>>()

  constructor(registry: ActionRegistry, templateOf: (templateId: string) => Promise<Template>) {
    this.#registry = registry
    this.#templateOf = templateOf
  }

  of(templateId: string): Promise<Plan> {
    const known = this.#plans.get(templateId)
    if (known) return known
    const plan = this.#templateOf(templateId).then((template) => planOf(template, this.#registry))
    // A failure must not be remembered: the database may have been away.
    plan.catch(() => this.#plans.delete(templateId))
    if (this.#plans.size >= plansMax) this.#plans.delete(this.#plans.keys().next().value as string)
    this.#plans.set(templateId, plan)
    return plan
  }
}
