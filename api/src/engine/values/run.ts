import type { Clock } from '../../base/clock.ts'
import type { Budget } from './budget.ts'

/** One rendering: its data, what it has written, what it may still cost. */
export interface Run {
  readonly root: unknown
  readonly budget: Budget
  readonly clock: Clock
  /** A missing key is an error instead of `<no value>`. */
  readonly strict: boolean
  readonly variables: VariableSource | undefined
  out: string
}

/** Where `eval` finds the variables of a template. */
export interface VariableSource {
  evaluate(name: string, run: Run): unknown
  evaluateOnce(name: string, run: Run): unknown
}

/** A function of a template: its arguments, the piped value last. May throw ValueFault. */
export type TextFunction = (args: readonly unknown[], run: Run) => unknown

export interface FunctionEntry {
  readonly call: TextFunction
  readonly min: number
  readonly max: number
}

export function takes(min: number, max: number, call: TextFunction): FunctionEntry {
  return { call, min, max }
}
