import type { StepPatch } from '../change.ts'
import { renderResult } from '../template/configuration.ts'
import { type RenderOptions, renderText } from '../values/template.ts'
import { Variables } from '../values/variables.ts'
import type { RawOutcome } from './outcome.ts'
import type { Plan } from './plan.ts'

export interface RunRoot {
  readonly input: Record<string, unknown>
  readonly resolverInput: Record<string, unknown>
  readonly config: Record<string, unknown>
  readonly task: Record<string, unknown>
}

/** What a template reads of one step as `.step.NAME`; µTask's names. */
export interface StepValues {
  output: unknown
  metadata: unknown
  error: string
  state: string
  try_count: number
  max_retries: number
}

/** What only one step sees beside the values of the task. */
export interface OwnValues {
  /** What the step itself is while it is judged: its fresh outcome instead of the last one. */
  readonly fresh?: StepValues
  readonly functionArgs?: unknown
}

/** What is known of a step only while it runs. */
export interface Frame {
  /** What its pre_hook answered, as `.pre_hook`. */
  hook?: { readonly output: unknown; readonly metadata: unknown }
  /** `.function_args` of each level of its call. */
  args?: readonly unknown[]
  /** What `merge` lays under the output of each level, rendered before the action ran. */
  bases?: readonly unknown[]
}

/** Nothing is known of a step that did not run, but asking is no error. */
const nothing = Object.freeze({})

/** The values of one task as its templates see them. What is decided by rendering them stands in step-texts.ts. */
export class RunValues {
  readonly #plan: Plan
  readonly #steps: Record<string, StepValues> = Object.create(null)
  readonly #root: {
    input: unknown
    resolver_input: unknown
    config: unknown
    task: unknown
    step: Record<string, StepValues>
  }
  /** Outcomes of steps that may go on: what a waiting step is given back, what checks are asked again about. */
  readonly #outcomes = new Map<number, RawOutcome>()
  readonly #frames = new Map<number, Frame>()

  constructor(plan: Plan, root: RunRoot) {
    this.#plan = plan
    const { input, resolverInput, config, task } = root
    this.#root = { input, resolver_input: resolverInput, config, task, step: this.#steps }
    if (plan.referenced.size > 0)
      for (const { definition, no } of plan.steps) this.#entry(no, definition.maxRetries)
  }

  setInput(input: Record<string, unknown>): void {
    this.#root.input = input
  }

  setResolverInput(input: Record<string, unknown>): void {
    this.#root.resolver_input = input
  }

  // ---- what is known of steps

  setState(no: number, step: StepPatch, error?: string): void {
    if (!this.#plan.referenced.has(no)) return
    const entry = this.#entry(no)
    entry.state = step.state
    entry.try_count = step.tryCount
    if (error !== undefined) entry.error = error
  }

  setOutcome(no: number, outcome: RawOutcome, step: StepPatch): void {
    this.#frames.delete(no)
    if (outcome.state === 'WAITING' || outcome.state === 'AFTERRUN_ERROR') this.#outcomes.set(no, outcome)
    else this.#outcomes.delete(no)
    if (!this.#plan.referenced.has(no)) return
    const entry = this.#entry(no)
    Object.assign(entry, valuesOf(outcome, step, entry.max_retries))
  }

  frame(no: number): Frame | undefined {
    return this.#frames.get(no)
  }

  /** Kept until the outcome of the step is known. */
  frameOf(no: number): Frame {
    const known = this.#frames.get(no)
    if (known) return known
    const frame: Frame = {}
    this.#frames.set(no, frame)
    return frame
  }

  setHook(no: number, { output, metadata }: RawOutcome): void {
    this.frameOf(no).hook = { output: output ?? nothing, metadata: metadata ?? nothing }
  }

  /** Was its last recorded attempt one that waits? */
  isWaiting(no: number): boolean {
    return this.#outcomes.get(no)?.state === 'WAITING'
  }

  outputOf(no: number): unknown {
    return this.#outcomes.get(no)?.output
  }

  /** What the action of a step answered whose checks could not be decided. */
  lastOutcomeOf(no: number): RawOutcome {
    const last = this.#outcomes.get(no)
    const { error: _, ...kept } = last ?? { state: 'DONE' }
    return { ...kept, state: 'DONE' }
  }

  #entry(no: number, maxRetries = 0): StepValues {
    const name = this.#nameOf(no)
    const known = this.#steps[name]
    if (known) return known
    const fresh = {
      output: nothing,
      metadata: nothing,
      error: '',
      state: 'TODO',
      try_count: 0,
      max_retries: maxRetries,
    }
    this.#steps[name] = fresh
    return fresh
  }

  #nameOf(no: number): string {
    return this.#plan.steps[no]?.definition.name ?? String(no)
  }

  // ---- rendering

  /** A fresh object for each execution: what evalCache found holds for one of them. */
  options(): RenderOptions {
    const { strictValues, variables } = this.#plan.template
    return { strict: strictValues, ...(variables.length > 0 && { variables: new Variables(variables) }) }
  }

  /** Does something with the values as this step sees them: itself as `.step.this`, and by its name. */
  as<T>(step: StepPatch, own: OwnValues, act: (data: object) => T): T {
    const name = this.#nameOf(step.no)
    const known = this.#steps[name]
    const entry = own.fresh ?? known
    if (own.fresh) this.#steps[name] = own.fresh
    if (entry) this.#steps.this = entry
    else delete this.#steps.this
    try {
      return act(this.#dataOf(step, own))
    } finally {
      // What is not referenced anywhere else must not stay in memory.
      if (own.fresh) {
        if (known) this.#steps[name] = known
        else delete this.#steps[name]
        delete this.#steps.this
      }
    }
  }

  #dataOf(step: StepPatch, { functionArgs }: OwnValues): object {
    const hook = this.#frames.get(step.no)?.hook
    if (!hook && functionArgs === undefined) return this.#root
    return {
      ...this.#root,
      ...(hook && { pre_hook: hook }),
      ...(functionArgs !== undefined && { function_args: functionArgs }),
    }
  }

  /** A text, with the values of the task and of all steps. Throws ValueError. */
  text(text: string): string {
    return renderText(text, this.#root, this.options())
  }

  /** The rendered `result_format`. Throws ValueError. */
  result(): unknown {
    return renderResult(this.#plan.template.resultFormat, this.#root, this.options())
  }
}

/** An outcome as the texts of its own step see it. */
export function valuesOf(outcome: RawOutcome, step: StepPatch, maxRetries = 0): StepValues {
  const { output, metadata, error, state } = outcome
  return {
    output: output ?? nothing,
    metadata: metadata ?? nothing,
    error: error?.message ?? '',
    state,
    try_count: step.tryCount,
    max_retries: maxRetries,
  }
}
