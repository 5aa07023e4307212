import type { ReadAction } from '../read/action.ts'
import type { Reader } from '../read/reader.ts'
import type { TemplateFunction } from '../types.ts'

type Functions = ReadonlyMap<string, TemplateFunction>

/** The functions that an action goes through, outermost first; `cycle` names them when they never come to an action. */
export interface FunctionChain {
  readonly functions: readonly TemplateFunction[]
  readonly cycle?: readonly string[]
}

/** What an action of this type really runs. A chain: a function has one action, which may be a function again. */
export function functionChain(type: string, functions: Functions): FunctionChain {
  const chain: TemplateFunction[] = []
  const names: string[] = []
  for (let next = functions.get(type); next !== undefined; next = functions.get(next.action.type)) {
    const from = names.indexOf(next.name)
    if (from >= 0) return { functions: chain, cycle: [...names.slice(from), next.name] }
    names.push(next.name)
    chain.push(next)
  }
  return { functions: chain }
}

/** Custom states that the functions of an action bring along. */
export function statesOfFunctions(type: string, functions: Functions): string[] {
  return [...new Set(functionChain(type, functions).functions.flatMap((each) => each.customStates))]
}

/** That the calls of an action come to an end, and that at most one pre_hook runs before it. */
export function checkCalls(
  reader: Reader,
  { action, preHook }: { readonly action?: ReadAction; readonly preHook?: ReadAction },
  functions: Functions,
  owner = 'the step',
): void {
  const main = action && checkEnds(reader, action, functions)
  const hook = preHook && checkEnds(reader, preHook, functions)
  const own = preHook === undefined ? [] : [`${owner} itself`]
  const holders = [...own, ...namesWithHook(main), ...namesWithHook(hook)]
  const at = preHook ?? action
  if (at === undefined || holders.length < 2) return
  const list = holders.join(' and ')
  reader.fault(
    at.at,
    'conflict',
    `Only one pre_hook can run before an action; here ${list} have one each. Keep one.`,
  )
}

function checkEnds(reader: Reader, read: ReadAction, functions: Functions): FunctionChain {
  const chain = functionChain(read.action.type, functions)
  if (chain.cycle !== undefined) {
    const names = chain.cycle.join(' → ')
    reader.fault(read.typeAt, 'cycle', `These functions call each other without end: ${names}.`)
  }
  // A hook of a hook would need one again.
  for (const { name, preHook } of chain.functions) {
    const inner = preHook && functionChain(preHook.type, functions)
    const nested = inner?.functions.find((each) => each.preHook !== undefined)
    if (nested === undefined) continue
    const sentence = `The pre_hook of "${name}" calls "${nested.name}", which has a pre_hook itself; that cannot run.`
    reader.fault(read.typeAt, 'conflict', sentence)
  }
  return chain
}

function namesWithHook(chain: FunctionChain | undefined): string[] {
  const holders = chain?.functions.filter((each) => each.preHook !== undefined) ?? []
  return holders.map((each) => `the function "${each.name}"`)
}

/** Every function that these actions call, also through each other and in pre_hooks, by name; undefined when there is none. */
export function calledFunctions(
  types: Iterable<string>,
  functions: Functions,
): Record<string, TemplateFunction> | undefined {
  const found = new Map<string, TemplateFunction>()
  const todo = [...types]
  for (let type = todo.pop(); type !== undefined; type = todo.pop()) {
    const called = functions.get(type)
    if (called === undefined || found.has(type)) continue
    found.set(type, called)
    todo.push(called.action.type)
    if (called.preHook !== undefined) todo.push(called.preHook.type)
  }
  if (found.size === 0) return undefined
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}
