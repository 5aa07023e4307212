import type { TemplateAction } from '@stint/schema/template-types'
import type { StepPatch } from '../change.ts'
import { retriesOf } from '../retry.ts'
import { isFinal } from '../step.ts'
import { evaluateConditions, lastWords, type Verdict } from '../template/conditions.ts'
import { configurationFor, outputFor, renderOutputBase } from '../template/configuration.ts'
import { valueProblem } from '../template/json-schema.ts'
import { evaluateExpression } from '../values/expression.ts'
import { type RenderOptions, render, sharing } from '../values/template.ts'
import type { Call } from './calls.ts'
import { itemsOf } from './loop-values.ts'
import { fatalOutcome, type RawOutcome } from './outcome.ts'
import type { Plan, PlanStep } from './plan.ts'
import { valuesOf } from './step-values.ts'
import type { RunValues } from './values.ts'

/* Everything about a step that is decided by rendering texts of its template. */

export interface Texts {
  readonly plan: Plan
  readonly values: RunValues
}

/** What conditions made of an outcome, and what they say about other steps (number → state). */
export interface Judgement {
  readonly outcome: RawOutcome
  readonly others: readonly OtherWord[]
}

export interface OtherWord {
  readonly no: number
  readonly state: string
  readonly message: string
}

export interface SkipDecision {
  readonly state: string
  readonly message: string
  readonly others: readonly OtherWord[]
}

// ---- configurations

/** The configuration that the action of a step is run with, functions resolved. Throws ValueError with the handle at fault. */
export function configurationOf(texts: Texts, { call }: PlanStep, step: StepPatch): Record<string, unknown> {
  const options = texts.values.options()
  const [only] = call.levels
  if (call.levels.length === 1 && only && only.output?.strategy !== 'merge')
    return configurationOfLevel(texts, call, 0, step, undefined, options)
  return descend(texts, call, step, sharing(options))
}

/** The same for its pre_hook, which sees the arguments of the function that declares it. */
export function hookConfigurationOf(
  texts: Texts,
  { call, preHook }: PlanStep,
  step: StepPatch,
): Record<string, unknown> {
  if (!preHook) return {}
  const options = sharing(texts.values.options())
  let args = argumentsOf(texts, call, step, preHook.level, options)[preHook.level]
  for (const level of preHook.levels.keys())
    args = configurationOfLevel(texts, preHook, level, step, args, options)
  return args as Record<string, unknown>
}

/** From the outermost level to the real action; what each level is given stays known until the outcome is. */
function descend(texts: Texts, call: Call, step: StepPatch, options: RenderOptions): Record<string, unknown> {
  const args = argumentsOf(texts, call, step, call.levels.length, options)
  const frame = texts.values.frameOf(step.no)
  frame.args = args
  frame.bases = call.levels.map((action, level) => baseOf(texts, action, step, args[level], options))
  return args[call.levels.length] as Record<string, unknown>
}

/** `.function_args` of the first levels: undefined for the step itself, then what each level hands to the next. */
function argumentsOf(
  texts: Texts,
  call: Call,
  step: StepPatch,
  levels: number,
  options: RenderOptions,
): unknown[] {
  const args: unknown[] = [undefined]
  for (let level = 0; level < levels; level++)
    args.push(configurationOfLevel(texts, call, level, step, args[level], options))
  return args
}

function configurationOfLevel(
  { plan, values }: Texts,
  call: Call,
  level: number,
  step: StepPatch,
  functionArgs: unknown,
  options: RenderOptions,
): Record<string, unknown> {
  const schema = level === call.levels.length - 1 ? call.action?.configuration : undefined
  const action = call.levels[level] as TemplateAction
  return values.as(step, { functionArgs }, (data) =>
    configurationFor(action, plan.template, data, options, schema),
  )
}

function baseOf(
  { values }: Texts,
  action: TemplateAction,
  step: StepPatch,
  functionArgs: unknown,
  options: RenderOptions,
): unknown {
  if (action.output?.strategy !== 'merge') return undefined
  return values.as(step, { functionArgs }, (data) => renderOutputBase(action, data, options))
}

// ---- before a step runs

/** The list of a loop. Throws ValueError, or ValueFault for what is no list. */
export function listOf({ values }: Texts, { definition }: PlanStep, step: StepPatch): readonly unknown[] {
  const { foreach = '' } = definition
  return itemsOf(values.as(step, {}, (data) => render(foreach, data, values.options())))
}

/** The `if` of a step is a question, not a program. */
const ifTimeoutMs = 1000

/** Is the `if` of a step true? Throws ExpressionError or ValueError. */
export function ifHolds({ values }: Texts, step: StepPatch, expression: string): boolean {
  return values.as(step, {}, (data) => {
    const text = String(render(expression, data, values.options()))
    return Boolean(evaluateExpression(text, data as Record<string, unknown>, ifTimeoutMs))
  })
}

/** The skip conditions of a step that is about to start; undefined when it runs. Throws when one cannot be decided. */
export function skipOf(texts: Texts, planned: PlanStep, step: StepPatch): SkipDecision | undefined {
  const verdict = ask(texts, planned, step, 'skip')
  if (verdict.error !== undefined) throw new Error(verdict.error)
  const { own, others } = wordsOf(texts.plan, planned, verdict)
  if (own) return { ...own, others }
  return others.length > 0 ? { state: 'DONE', message: others[0]?.message ?? '', others } : undefined
}

// ---- what templates make of outcomes

/** Output strategies and `json_schema`: what the step answers, out of what its action answered. */
export function shape(texts: Texts, planned: PlanStep, step: StepPatch, raw: RawOutcome): RawOutcome {
  const { call, definition } = planned
  const { jsonSchema } = definition
  const isRewritten = call.levels.some((action) => action.output)
  if (raw.state === 'WAITING' || (!isRewritten && !jsonSchema)) return raw
  let outcome = raw
  if (isRewritten) {
    try {
      outcome = rewritten(texts, planned, step, raw)
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

/** The innermost function formats first what its action answered, the step itself last. */
function rewritten({ values }: Texts, planned: PlanStep, step: StepPatch, raw: RawOutcome): RawOutcome {
  const { args, bases } = values.frame(step.no) ?? {}
  const options = sharing(values.options())
  let outcome = raw
  for (const [level, action] of [...planned.call.levels.entries()].reverse()) {
    if (!action.output) continue
    const fresh = valuesOf(outcome, step, retriesOf(planned.definition.maxRetries))
    const output = values.as(step, { fresh, functionArgs: args?.[level] }, (data) =>
      outputFor(action, outcome.output, bases?.[level], data, options),
    )
    outcome = { ...outcome, output }
  }
  return outcome
}

/** The check conditions: what they make of the outcome. What cannot be decided is asked again later (AFTERRUN_ERROR). */
export function judge(texts: Texts, planned: PlanStep, step: StepPatch, outcome: RawOutcome): Judgement {
  if (planned.conditions.length === 0) return { outcome, others: [] }
  const verdict = ask(texts, planned, step, 'check', outcome)
  if (verdict.error !== undefined) {
    const { state, error: before } = outcome
    const answered = { state, ...(before && { error: before }) }
    const error = { message: verdict.error, kind: 'condition', answered }
    return { outcome: { ...outcome, state: 'AFTERRUN_ERROR', error }, others: [] }
  }
  const { own, others } = wordsOf(texts.plan, planned, verdict)
  if (!own) return { outcome, others }
  const { error: before, ...kept } = outcome
  const said = own.message === '' ? undefined : { message: own.message, kind: 'condition' }
  // As in µTask a step that a check settles has the check's message for its error; while it stands or goes round, the old one says why.
  const error = said ?? (isFinal(own.state, planned.customStates) ? undefined : before)
  return { outcome: { ...kept, state: own.state, ...(error && { error }) }, others }
}

function ask(
  texts: Texts,
  planned: PlanStep,
  step: StepPatch,
  kind: 'skip' | 'check',
  outcome?: RawOutcome,
): Verdict {
  const { values } = texts
  const { conditions, definition, call, levelOf } = planned
  const options = sharing(values.options())
  let args: readonly unknown[] = []
  if (levelOf.size > 0) {
    try {
      args = values.frame(step.no)?.args ?? argumentsOf(texts, call, step, call.levels.length - 1, options)
    } catch (error) {
      return { matches: [], error: messageOf(error) }
    }
  }
  const fresh = outcome && valuesOf(outcome, step, retriesOf(definition.maxRetries))
  return values.as(step, fresh ? { fresh } : {}, (data) =>
    evaluateConditions(conditions, kind, data, {
      ...options,
      // By name, a condition of an item means its loop.
      ...(!planned.isItem && { step: definition.name }),
      foreach: planned.item ? 'parent' : 'children',
      ...(outcome && { state: outcome.state }),
      argumentsOf: (condition) => args[levelOf.get(condition) ?? 0],
    }),
  )
}

/** The last word of conditions on the step itself, and on others by their numbers. */
function wordsOf(plan: Plan, { definition, isItem }: PlanStep, { matches }: Verdict) {
  const words = lastWords(matches)
  // An item that names its loop means the loop.
  const ownName = isItem ? 'this' : definition.name
  const own = words.get('this') ?? words.get(ownName)
  const others: OtherWord[] = []
  for (const [target, word] of words) {
    if (target === 'this' || target === ownName) continue
    const no = plan.numbers.get(target)
    if (no !== undefined) others.push({ no, ...word })
  }
  return { own, others }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
