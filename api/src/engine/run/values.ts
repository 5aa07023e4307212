import type { TemplateAction } from '@stint/schema/template-types'
import type { StepPatch } from '../change.ts'
import { evaluateConditions, lastWords } from '../template/conditions.ts'
import { configurationFor, outputFor, renderOutputBase, renderResult } from '../template/configuration.ts'
import { valueProblem } from '../template/json-schema.ts'
import { evaluateExpression } from '../values/expression.ts'
import { type RenderOptions, render, renderText } from '../values/template.ts'
import { Variables } from '../values/variables.ts'
import { fatalOutcome, type RawOutcome } from './outcome.ts'
import type { Plan, PlanStep } from './plan.ts'

/** What conditions made of an outcome, and what they say about other steps (number → state). */
export interface Judgement {
  readonly outcome: RawOutcome
  readonly others: readonly [number, string][]
  readonly message: string
}

export interface SkipDecision {
  readonly state: string
  readonly message: string
  readonly others: readonly [number, string][]
}

export interface RunRoot {
  readonly input: Record<string, unknown>
  readonly resolverInput: Record<string, unknown>
  readonly config: Record<string, unknown>
  readonly task: Record<string, unknown>
}

/** What a template reads of one step as `.step.NAME`; µTask's names. */
interface StepValues {
  output: unknown
  metadata: unknown
  error: string
  state: string
  try_count: number
  max_retries: number
}

/** Nothing is known of a step that did not run, but asking is no error. */
const nothing = Object.freeze({})

/** The values of one task as its templates see them, and everything that is decided by rendering them. */
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
  /** What `merge` lays under an output, rendered before the action ran. */
  readonly #bases = new Map<number, unknown>()

  constructor(plan: Plan, root: RunRoot) {
    this.#plan = plan
    const { input, resolverInput, config, task } = root
    this.#root = { input, resolver_input: resolverInput, config, task, step: this.#steps }
    if (plan.referenced.size > 0)
      for (const { definition, no } of plan.steps) this.#entry(no, definition.maxRetries)
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
    if (outcome.state === 'WAITING' || outcome.state === 'AFTERRUN_ERROR') this.#outcomes.set(no, outcome)
    else this.#outcomes.delete(no)
    if (this.#plan.referenced.has(no)) fill(this.#entry(no), outcome, step)
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
  #options(): RenderOptions {
    const { strictValues, variables } = this.#plan.template
    return { strict: strictValues, ...(variables.length > 0 && { variables: new Variables(variables) }) }
  }

  /**
   * The values with `.step.this` as the named step, which may have just answered: its own name shows the same. Valid until the
   * next call.
   */
  #as(no: number, fresh?: StepValues): object {
    const name = this.#nameOf(no)
    if (fresh) this.#steps[name] = fresh
    const entry = this.#steps[name]
    if (entry) this.#steps.this = entry
    else delete this.#steps.this
    return this.#root
  }

  /** A text, with the values of the task and of all steps. Throws ValueError. */
  text(text: string): string {
    return renderText(text, this.#root, this.#options())
  }

  /** The rendered `result_format`. Throws ValueError. */
  result(): unknown {
    return renderResult(this.#plan.template.resultFormat, this.#root, this.#options())
  }

  /** The configuration an action is run with. Throws ValueError with the handle at fault. */
  configurationOf(no: number, action: TemplateAction): Record<string, unknown> {
    const data = this.#as(no)
    const options = this.#options()
    if (action.output?.strategy === 'merge') this.#bases.set(no, renderOutputBase(action, data, options))
    const schema = this.#plan.steps[no]?.action?.configuration
    return configurationFor(action, this.#plan.template, data, options, schema)
  }

  /** Is the `if` of a step true? Throws ExpressionError or ValueError. */
  holds(no: number, expression: string): boolean {
    const data = this.#as(no)
    const text = String(render(expression, data, this.#options()))
    return Boolean(evaluateExpression(text, data as Record<string, unknown>, ifTimeoutMs))
  }

  // ---- what templates make of outcomes

  /** Output strategies and `json_schema`: what the step answers, out of what its action answered. */
  shape({ no, definition }: PlanStep, raw: RawOutcome): RawOutcome {
    const { action, jsonSchema } = definition
    if (raw.state === 'WAITING' || (!action.output && !jsonSchema)) return raw
    let outcome = raw
    if (action.output) {
      try {
        const data = this.#as(no, valuesOf(raw, definition.maxRetries))
        outcome = {
          ...raw,
          output: outputFor(action, raw.output, this.#bases.get(no), data, this.#options()),
        }
      } catch (error) {
        return fatalOutcome(`the output cannot be formatted: ${messageOf(error)}`, raw)
      }
    }
    if (!jsonSchema || outcome.state !== 'DONE') return outcome
    const problem = valueProblem(jsonSchema, outcome.output)
    return problem === undefined
      ? outcome
      : fatalOutcome(`the output does not fit its json_schema: ${problem}`, outcome)
  }

  /** The check conditions: what they make of the outcome. What cannot be decided is asked again later (AFTERRUN_ERROR). */
  judge({ no, definition }: PlanStep, outcome: RawOutcome): Judgement {
    const asIs: Judgement = { outcome, others: [], message: '' }
    if (definition.conditions.length === 0) return asIs
    const data = this.#as(no, valuesOf(outcome, definition.maxRetries))
    const options = { ...this.#options(), step: definition.name, state: outcome.state }
    const verdict = evaluateConditions(definition.conditions, 'check', data, options)
    if (verdict.error !== undefined) {
      const error = { message: verdict.error, kind: 'condition' }
      return { ...asIs, outcome: { ...outcome, state: 'AFTERRUN_ERROR', error } }
    }
    const { own, others, message } = this.#wordsOf(definition.name, verdict.matches)
    if (!own) return { outcome, others, message }
    const { error: _, ...kept } = outcome
    const error = own.message === '' ? outcome.error : { message: own.message, kind: 'condition' }
    return { outcome: { ...kept, state: own.state, ...(error && { error }) }, others, message }
  }

  /** The skip conditions of a step that is about to start; undefined when it runs. Throws when one cannot be decided. */
  skipOf({ no, definition }: PlanStep): SkipDecision | undefined {
    const options = { ...this.#options(), step: definition.name }
    const verdict = evaluateConditions(definition.conditions, 'skip', this.#as(no), options)
    if (verdict.error !== undefined) throw new Error(verdict.error)
    const { own, others, message } = this.#wordsOf(definition.name, verdict.matches)
    return own
      ? { state: own.state, message: own.message, others }
      : others.length > 0
        ? { state: 'DONE', message, others }
        : undefined
  }

  /** The last word of conditions on the step itself, and on others by their numbers. */
  #wordsOf(name: string, matches: Parameters<typeof lastWords>[0]) {
    const words = lastWords(matches)
    const own = words.get('this') ?? words.get(name)
    const others: [number, string][] = []
    for (const [target, { state }] of words) {
      const no = target === 'this' || target === name ? undefined : this.#plan.numbers.get(target)
      if (no !== undefined) others.push([no, state])
    }
    return { own, others, message: matches.at(-1)?.message ?? '' }
  }
}

/** The `if` of a step is a question, not a program. */
const ifTimeoutMs = 1000

function fill(entry: StepValues, outcome: RawOutcome, step: StepPatch): void {
  entry.output = outcome.output ?? nothing
  entry.metadata = outcome.metadata ?? nothing
  entry.error = outcome.error?.message ?? ''
  entry.state = step.state
  entry.try_count = step.tryCount
}

function valuesOf(outcome: RawOutcome, maxRetries: number): StepValues {
  const { output = nothing, metadata = nothing, error, state } = outcome
  return { output, metadata, error: error?.message ?? '', state, try_count: 0, max_retries: maxRetries }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
