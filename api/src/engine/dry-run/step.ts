import { counted } from '@stint/schema/counted'
import type { StepPatch } from '../change.ts'
import { outcomeOfError, outcomeOfResult, type RawOutcome } from '../run/outcome.ts'
import type { Plan, PlanStep } from '../run/plan.ts'
import { configurationOf, ifHolds, judge, shape, skipOf } from '../run/step-texts.ts'
import { isFinal, satisfies } from '../step.ts'
import { mergeConfiguration } from '../template/configuration.ts'
import { ExpressionError } from '../values/expression.ts'
import { ValueError, ValueFault } from '../values/fault.ts'
import { render } from '../values/template.ts'
import type { DryRunStep } from './report.ts'
import { type Knowledge, partly, unknownIn, unknownInExpression, unknownInside } from './unknown.ts'
import type { DryValues } from './values.ts'

export interface Rehearsed {
  readonly plan: Plan
  readonly values: DryValues
  readonly knowledge: Knowledge
  /** What is known of steps before this one. */
  readonly seen: ReadonlyMap<number, Foreseen>
  /** Deciding has taken too long already: the rest is left open. */
  readonly isLate: boolean
}

export interface Foreseen {
  readonly step: DryRunStep
  /** Present when it is certain what becomes of it. */
  readonly outcome: RawOutcome | undefined
}

/** Nothing certain can be said; `state` is TODO and the note says on what it depends. */
type Decision =
  | { readonly kind: 'runs' }
  | { readonly kind: 'ends'; readonly state: string; readonly note: string }
  | { readonly kind: 'open'; readonly note: string }

/** What one step would do, given what is known of those before it. */
export function foresee(known: Rehearsed, no: number): Foreseen {
  const planned = known.plan.steps[no] as PlanStep
  const patch = patchOf(no)
  const decision = decide(known, planned, patch)
  const described = describe(known, planned, patch)
  const notes = [decision.kind === 'runs' ? undefined : decision.note, ...described.notes]
  const base = {
    name: planned.definition.name,
    action: planned.definition.action.type,
    configuration: described.configuration,
    unknown: described.unknown,
    dependencies: planned.definition.dependencies,
    resources: described.resources,
  }
  const outcome = outcomeFor(known, planned, patch, decision, described)
  if (outcome) {
    known.values.setOutcome(no, outcome, { ...patch, state: outcome.state })
    if (outcome.error) notes.push(outcome.error.message)
  }
  const note = notes.filter((each) => each !== undefined && each !== '').join(' ')
  return {
    step: { ...base, state: outcome?.state ?? 'TODO', note: note === '' ? undefined : note },
    outcome,
  }
}

/** A step that has not run yet, as its texts see it. */
export function patchOf(no: number): StepPatch {
  return {
    no,
    state: 'TODO',
    tryCount: 1,
    attemptNo: 1,
    groupNo: 1,
    processGroup: undefined,
    processStartedAt: undefined,
    startedAt: undefined,
    endedAt: undefined,
    dueAt: undefined,
    errorSummary: undefined,
  }
}

// ---- does it run?

function decide(known: Rehearsed, planned: PlanStep, patch: StepPatch): Decision {
  const byDependencies = decideDependencies(known, planned)
  if (byDependencies.kind !== 'runs') return byDependencies
  try {
    return decideConditions(known, planned, patch)
  } catch (error) {
    if (!isValueProblem(error)) throw error
    return { kind: 'open', note: `Whether it runs cannot be decided: ${error.message}.` }
  }
}

function decideDependencies({ plan, seen }: Rehearsed, { dependencies }: PlanStep): Decision {
  const open: string[] = []
  for (const { no, states } of dependencies) {
    const target = plan.steps[no]
    const outcome = seen.get(no)?.outcome
    const name = target?.definition.name ?? ''
    if (!outcome || !isFinal(outcome.state, target?.customStates ?? []))
      open.push(`${name} (${states.join(', ')})`)
    else if (!satisfies(outcome.state, states))
      return { kind: 'ends', state: 'PRUNE', note: `Is left out, because ${name} ends as ${outcome.state}.` }
  }
  return open.length === 0 ? { kind: 'runs' } : { kind: 'open', note: `Runs after ${open.join(' and ')}.` }
}

function decideConditions(known: Rehearsed, planned: PlanStep, patch: StepPatch): Decision {
  const { knowledge, values, plan } = known
  const { definition, conditions, levelOf } = planned
  const texts = { plan, values }
  if (definition.if !== undefined) {
    const open = [...unknownIn(definition.if, knowledge), ...unknownInExpression(definition.if, knowledge)]
    if (known.isLate || open.length > 0) return openAt(`its "if"`, open)
    if (!ifHolds(texts, patch, definition.if))
      return { kind: 'ends', state: 'PRUNE', note: 'Is left out, because its "if" is false.' }
  }
  const skips = conditions.filter(({ type }) => type === 'skip')
  const ofFunctions = { ...knowledge, unknownArguments: levelOf.size > 0 }
  const open = unknownInside(
    skips.map((skip) => [skip.if, skip.message]),
    ofFunctions,
  )
  if (open.length > 0 || (known.isLate && skips.length > 0)) return openAt('a skip condition', open)
  const skip = skips.length === 0 ? undefined : skipOf(texts, planned, patch)
  if (skip === undefined) return { kind: 'runs' }
  return { kind: 'ends', state: skip.state, note: `Is skipped: ${skip.message}` }
}

function openAt(what: string, unknown: readonly string[]): Decision {
  const why = unknown.length === 0 ? '' : `, which reads ${unknown.join(', ')}`
  return { kind: 'open', note: `Whether it runs depends on ${what}${why}.` }
}

// ---- what would it be given?

interface Described {
  readonly configuration: unknown
  readonly unknown: readonly string[]
  readonly resources: readonly string[]
  readonly notes: readonly string[]
  /** The configuration is whole, and it is no loop and needs nothing before it. */
  readonly isComplete: boolean
}

function describe(known: Rehearsed, planned: PlanStep, patch: StepPatch): Described {
  const { plan, values, knowledge } = known
  const { definition, call, preHook } = planned
  const [outer] = call.levels
  const own = mergedOf(plan, outer)
  const unknown = unknownInside(
    call.levels.map((level) => [mergedOf(plan, level), level.output?.format]),
    knowledge,
  )
  const notes = [
    loopNote(known, planned, patch),
    preHook && `Its pre_hook (${preHook.levels.at(-1)?.type}) runs first.`,
  ]
  const inner = call.levels.at(-1)?.type
  if (inner !== outer?.type) notes.push(`Runs ${inner}.`)
  const told = notes.filter((each) => each !== undefined)
  try {
    const isWhole = unknown.length === 0 && definition.foreach === undefined
    const configuration = isWhole
      ? configurationOf({ plan, values }, planned, patch)
      : values.as(patch, {}, (data) => partly(own, knowledge, (text) => render(text, data, values.options())))
    // Of a function that is not known whole, the labels are in what its innermost action says.
    const innermost = isWhole || call.levels.length === 1 ? configuration : mergedOf(plan, call.levels.at(-1))
    const resources = [...definition.resources, ...resourcesOf(planned, innermost)]
    return { configuration, unknown, resources, notes: told, isComplete: isWhole && preHook === undefined }
  } catch (error) {
    if (!isValueProblem(error)) throw error
    const note = `Its configuration cannot be rendered: ${error.message}.`
    return {
      configuration: own,
      unknown,
      resources: definition.resources,
      notes: [...told, note],
      isComplete: false,
    }
  }
}

function mergedOf({ template }: Plan, action: PlanStep['call']['levels'][number] | undefined): unknown {
  if (action === undefined) return {}
  const name = action.baseConfiguration
  return mergeConfiguration(
    name === undefined ? undefined : template.baseConfigurations[name],
    action.configuration,
  )
}

function loopNote(
  { values, knowledge }: Rehearsed,
  { definition }: PlanStep,
  patch: StepPatch,
): string | undefined {
  const { foreach } = definition
  if (foreach === undefined) return undefined
  if (unknownIn(foreach, knowledge).length > 0) return 'Runs for each item of a list that is known only then.'
  try {
    const list: unknown = JSON.parse(
      String(values.as(patch, {}, (data) => render(foreach, data, values.options()))),
    )
    if (Array.isArray(list)) return `Runs for each of ${counted(list.length, 'item')}.`
  } catch (error) {
    if (!isValueProblem(error) && !(error instanceof SyntaxError)) throw error
  }
  return 'Its foreach makes no JSON list.'
}

/** Labels that still hold a handle say nothing. */
function resourcesOf({ call }: PlanStep, configuration: unknown): string[] {
  const labels = call.action?.resources?.(configuration as Record<string, unknown>) ?? []
  return labels.filter((label) => !label.includes('{{'))
}

// ---- what would come of it?

function outcomeFor(
  known: Rehearsed,
  planned: PlanStep,
  patch: StepPatch,
  decision: Decision,
  described: Described,
): RawOutcome | undefined {
  if (decision.kind === 'open') return undefined
  if (decision.kind === 'ends') return { state: decision.state }
  const { action } = planned.call
  if (action?.foretell === undefined || !described.isComplete) return undefined
  const { plan, values, knowledge } = known
  const checks = planned.conditions.filter(({ type }) => type === 'check')
  if (unknownInside(checks, { ...knowledge, unknownArguments: planned.levelOf.size > 0 }).length > 0)
    return undefined
  const texts = { plan, values }
  const raw = answer(planned, described.configuration as Record<string, unknown>)
  if (raw === undefined) return undefined
  const { outcome, others } = judge(texts, planned, patch, shape(texts, planned, patch, raw))
  // What its conditions say of other steps may send them round again: too much to foresee.
  return others.length > 0 || !isFinal(outcome.state, planned.customStates) ? undefined : outcome
}

function answer({ call }: PlanStep, configuration: Record<string, unknown>): RawOutcome | undefined {
  try {
    const result = call.action?.foretell?.(configuration)
    return result && outcomeOfResult(result)
  } catch (error) {
    return outcomeOfError(error)
  }
}

function isValueProblem(error: unknown): error is Error {
  const isKnown =
    error instanceof ValueError || error instanceof ValueFault || error instanceof ExpressionError
  // What conditions cannot decide comes as a plain error of the run.
  return isKnown || (error instanceof Error && error.constructor === Error)
}
