import type { Template, TemplateStep } from '@stint/schema/template-types'
import { isTemplated, parseText } from '@stint/schema/text'
import { referencesOf } from '@stint/schema/text-references'
import type { Action, ActionRegistry } from '../action.ts'
import { isFinal, satisfies } from '../step.ts'
import { callsOf, type StepCalls } from './calls.ts'

/** A template made ready to run: names resolved to numbers, once per template version. */
export interface Plan {
  readonly template: Template
  readonly steps: readonly PlanStep[]
  readonly numbers: ReadonlyMap<string, number>
  /** Steps whose results some template text may ask for; only their outputs are kept in memory. */
  readonly referenced: ReadonlySet<number>
  /** Loops whose `children` some text may ask for; only their results are kept in memory. */
  readonly readsChildren: ReadonlySet<number>
  /** Steps with an ANY dependency: they also wait for the ancestors of what they name. */
  readonly waitsForAny: readonly number[]
  /** Has it steps that start tasks? So may one whose action this process does not know: another process has run it. */
  readonly bearsChildren: boolean
  /** Does some text name who accepted the task? */
  readonly namesResolver: boolean
}

export interface PlanStep extends StepCalls {
  readonly no: number
  readonly definition: TemplateStep
  readonly dependencies: readonly { no: number; states: readonly string[] }[]
  readonly dependants: readonly number[]
  /** What its call comes to; absent when no such action is registered in this process. */
  readonly action: Action | undefined
  /** Of a loop: what each of its items runs. */
  readonly item: PlanStep | undefined
  readonly isItem: boolean
}

export function planOf(template: Template, registry: ActionRegistry): Plan {
  const numbers = new Map(template.steps.map((step, no) => [step.name, no]))
  const dependants = template.steps.map((): number[] => [])
  const steps = template.steps.map((definition, no): PlanStep => {
    const dependencies = definition.dependencies.map(({ step, states }) => {
      const target = numbers.get(step)
      if (target === undefined)
        throw new Error(`step ${definition.name} depends on ${step}, which does not exist`)
      dependants[target]?.push(no)
      return { no: target, states }
    })
    const calls = callsOf(definition, template.functions ?? {}, registry)
    const { action } = calls.call
    const planned = { ...calls, no, definition, dependencies, dependants: dependants[no] ?? [], action }
    return { ...planned, item: itemOf(planned), isItem: false }
  })
  const waitsForAny = steps
    .filter((s) => s.dependencies.some((d) => d.states.includes('ANY')))
    .map((s) => s.no)
  const referenced = referencedSteps(template, steps)
  const readsChildren = new Set(
    steps.filter(({ no, item }) => item && referenced.has(no)).map(({ no }) => no),
  )
  if (readsChildren.size > 0 && !mayReadChildren(template)) readsChildren.clear()
  const bearsChildren = steps.some(({ action }) => action === undefined || action.waitsFor === 'subtask')
  const namesResolver = JSON.stringify(template).includes('resolver_username')
  return { template, steps, numbers, referenced, readsChildren, waitsForAny, bearsChildren, namesResolver }
}

/** What the loop itself waits for and asks once (`if`, skips of `foreach: parent`) is no matter of its items. */
function itemOf(loop: Omit<PlanStep, 'item' | 'isItem'>): PlanStep | undefined {
  const { foreach, if: _, ...definition } = loop.definition
  if (foreach === undefined) return undefined
  return { ...loop, definition, dependencies: [], dependants: [], item: undefined, isItem: true }
}

/**
 * Could some text ask for the results of a loop? By their name, through an expression, or by printing a step or all of them
 * whole. As with `referenced`, a doubt counts as yes.
 */
function mayReadChildren(template: Template): boolean {
  const { steps, variables, resultFormat, baseConfigurations, functions } = template
  const all = JSON.stringify([steps, variables, resultFormat, baseConfigurations, functions])
  if (all.includes('children') || variables.some((each) => each.expression?.includes('step'))) return true
  if (steps.some((step) => step.if?.includes('step'))) return true
  return textsIn([steps, variables, resultFormat, baseConfigurations, functions]).some(readsWholeStep)
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => [key, ...textsIn(part)])
}

function readsWholeStep(text: string): boolean {
  if (!isTemplated(text) || !text.includes('step')) return false
  try {
    const { paths } = referencesOf(parseText(text))
    return paths.some(({ path }) => path.length === 0 || (path[0] === 'step' && path.length <= 2))
  } catch {
    // It cannot be rendered either.
    return false
  }
}

/**
 * Every step whose name stands in some text of the template. A handle can be written in many ways (`.step.a`,
 * `field "step" "a"`, an expression), so the name alone counts: an output kept in vain costs memory, one dropped costs the task.
 */
function referencedSteps(template: Template, steps: readonly PlanStep[]): ReadonlySet<number> {
  const { resultFormat, variables, baseConfigurations } = template
  const referenced = new Set<number>()
  const shared = JSON.stringify([resultFormat, variables, baseConfigurations])
  // What is said once for many steps may mean any of them.
  if (namesItself(shared)) return new Set(steps.keys())
  const texts: string[] = [shared]
  for (const { no, definition, call, preHook, conditions } of steps) {
    const { name: _, description: __, dependencies: ___, ...rest } = definition
    const text = JSON.stringify([rest, call.levels, preHook?.levels, conditions])
    texts.push(text)
    if (namesItself(text)) referenced.add(no)
  }
  const all = texts.join('\n')
  if (all.includes('step')) {
    for (const [no, step] of template.steps.entries()) if (all.includes(step.name)) referenced.add(no)
  }
  return referenced
}

const namesItself = (text: string) => text.includes('step.this') || text.includes('"this')

export type Readiness = 'ready' | 'waiting' | 'prune'

/** May this step start, given the states of all steps? */
export function readinessOf(plan: Plan, no: number, stateOf: (no: number) => string): Readiness {
  let answer: Readiness = 'ready'
  for (const dependency of plan.steps[no]?.dependencies ?? []) {
    const state = stateOf(dependency.no)
    const target = plan.steps[dependency.no]
    if (!target || !isFinal(state, target.customStates)) answer = 'waiting'
    else if (!satisfies(state, dependency.states)) return 'prune'
    else if (dependency.states.includes('ANY') && !ancestorsAreFinal(plan, dependency.no, stateOf))
      answer = 'waiting'
  }
  return answer
}

/** ANY is satisfied when the target is final and everything before it too: a branch may end early by pruning. */
function ancestorsAreFinal(plan: Plan, no: number, stateOf: (no: number) => string): boolean {
  const seen = new Set<number>()
  const todo = [no]
  for (let current = todo.pop(); current !== undefined; current = todo.pop()) {
    for (const { no: parent } of plan.steps[current]?.dependencies ?? []) {
      if (seen.has(parent)) continue
      if (!isFinal(stateOf(parent), plan.steps[parent]?.customStates ?? [])) return false
      seen.add(parent)
      todo.push(parent)
    }
  }
  return true
}
