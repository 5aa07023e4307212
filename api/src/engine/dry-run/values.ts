import type { Plan } from '../run/plan.ts'
import { type RunRoot, RunValues } from '../run/values.ts'
import { type RenderOptions, sharing } from '../values/template.ts'

/** The values of a dry run: all its renderings together may take as long as those of one step that runs. */
export class DryValues extends RunValues {
  readonly #plan: Plan
  #shared: RenderOptions | undefined

  constructor(plan: Plan, root: RunRoot) {
    super(plan, root)
    this.#plan = plan
  }

  override options(): RenderOptions {
    // A missing value must not end a dry run: it is what people look for.
    this.#shared ??= { ...sharing(super.options()), strict: this.#plan.template.strictValues }
    return this.#shared
  }
}
