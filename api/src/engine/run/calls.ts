import type {
  StepCondition,
  TemplateAction,
  TemplateFunction,
  TemplateStep,
} from '@stint/schema/template-types'
import type { Action, ActionRegistry } from '../action.ts'

/*
 * What a step really runs. Its action may name a function, whose action may name another one: the levels of a call, outermost
 * first. The rendered configuration of a level is `.function_args` one level further in; level 0, the step's own, has none.
 */
export interface Call {
  /** At least one; the last is the one that is executed. */
  readonly levels: readonly TemplateAction[]
  /** Of the last level; absent when no such action is registered in this process. */
  readonly action: Action | undefined
}

/** The one pre_hook of a step and its functions; its texts see the arguments of the level that declares it. */
export interface HookCall extends Call {
  readonly level: number
}

export interface StepCalls {
  readonly call: Call
  readonly preHook: HookCall | undefined
  /** Innermost function's first, the step's own last. */
  readonly conditions: readonly StepCondition[]
  /** For conditions of functions: the level whose arguments they see. */
  readonly levelOf: ReadonlyMap<StepCondition, number>
  /** Those of the step and of its functions. */
  readonly customStates: readonly string[]
}

type Functions = Readonly<Record<string, TemplateFunction>>

/** Throws for functions that call each other without end; the checker refuses them, a stored definition may not be checked. */
export function callsOf(definition: TemplateStep, functions: Functions, registry: ActionRegistry): StepCalls {
  const called = functionsOf(definition.action, functions)
  const call = callOf(definition.action, called, registry)
  if (called.length === 0 && !definition.preHook) {
    const { conditions, customStates } = definition
    return { call, preHook: undefined, conditions, levelOf: new Map(), customStates }
  }
  const levelOf = new Map<StepCondition, number>()
  for (const [index, { conditions }] of called.entries())
    for (const condition of conditions) levelOf.set(condition, index + 1)
  return {
    call,
    preHook: hookOf(definition, called, functions, registry),
    conditions: [...called.toReversed().flatMap((each) => each.conditions), ...definition.conditions],
    levelOf,
    customStates: [...new Set([...definition.customStates, ...called.flatMap((each) => each.customStates)])],
  }
}

function functionsOf(action: TemplateAction, functions: Functions): TemplateFunction[] {
  const called: TemplateFunction[] = []
  for (let { type } = action; Object.hasOwn(functions, type); ) {
    const next = functions[type] as TemplateFunction
    if (called.includes(next)) throw new Error(`the function ${type} calls itself without end`)
    called.push(next)
    type = next.action.type
  }
  return called
}

function callOf(action: TemplateAction, called: readonly TemplateFunction[], registry: ActionRegistry): Call {
  const levels = [action, ...called.map((each) => each.action)]
  return { levels, action: registry.find((levels.at(-1) as TemplateAction).type) }
}

function hookOf(
  definition: TemplateStep,
  called: readonly TemplateFunction[],
  functions: Functions,
  registry: ActionRegistry,
): HookCall | undefined {
  const hooks = [definition.preHook, ...called.map((each) => each.preHook)]
  const level = hooks.findIndex((hook) => hook !== undefined)
  const hook = hooks[level]
  return hook && { ...callOf(hook, functionsOf(hook, functions), registry), level }
}
