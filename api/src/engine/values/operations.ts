import { valueLimits } from './budget.ts'
import { ValueFault } from './fault.ts'
import { readField } from './field.ts'
import { isMap, isTrue, kindWords } from './print.ts'
import type { FunctionEntry, Run } from './run.ts'

/** Values of the variables of one body; the compiler gives each its place. */
export type Slots = unknown[]
export type Evaluate = (run: Run, dot: unknown, slots: Slots) => unknown

/** Where an error happened, added on its way out. */
export class PlacedFault extends Error {
  readonly offset: number

  constructor(cause: ValueFault, offset: number) {
    super(cause.message, { cause })
    this.offset = offset
  }
}

export function fieldOf(base: Evaluate, path: readonly string[], start: number): Evaluate {
  if (path.length === 0) return base
  return (run, dot, slots) => {
    let value = base(run, dot, slots)
    for (const name of path) {
      if (isMap(value) && Object.hasOwn(value, name)) value = value[name]
      else {
        const receiver = value
        value = placed(start, () => readField(receiver, name, run.strict))
      }
    }
    return value
  }
}

export function callOf(
  name: string,
  entry: FunctionEntry,
  args: readonly Evaluate[],
  start: number,
): Evaluate {
  if (args.length < entry.min || args.length > entry.max) {
    const wanted = entry.min === entry.max ? `${entry.min}` : `${entry.min} or more`
    throw new PlacedFault(new ValueFault(`${name} takes ${wanted} values, not ${args.length}`), start)
  }
  return (run, dot, slots) => {
    const values = args.map((argument) => argument(run, dot, slots))
    try {
      run.budget.call()
      const value = entry.call(values, run)
      run.budget.made(value)
      return value
    } catch (error) {
      if (error instanceof ValueFault) throw new PlacedFault(error, start)
      throw error
    }
  }
}

/** `and` and `or` answer the value that decides, and do not look further. */
export function shortCircuit(isAnd: boolean, args: readonly Evaluate[], start: number): Evaluate {
  const word = isAnd ? 'and' : 'or'
  if (args.length === 0) throw new PlacedFault(new ValueFault(`${word} needs at least one value`), start)
  return (run, dot, slots) => {
    let value: unknown
    for (const argument of args) {
      value = argument(run, dot, slots)
      if (isTrue(value) !== isAnd) return value
    }
    return value
  }
}

function* numbersBelow(count: bigint): Generator<readonly [unknown, unknown]> {
  for (let i = 0n; i < count; i++) yield [i, i]
}

/** What a range goes through: lists, maps by sorted key, and since Go 1.22 the numbers below a whole one. */
export function entriesOf(source: unknown): Iterable<readonly [unknown, unknown]> {
  if (source === null || source === undefined) return []
  if (Array.isArray(source)) return source.map((element, i) => [BigInt(i), element] as const)
  if (isMap(source)) {
    return Object.keys(source)
      .sort()
      .map((key) => [key, source[key]] as const)
  }
  if (typeof source === 'bigint') return numbersBelow(source)
  throw new ValueFault(`range cannot go through ${kindWords(source)}`)
}

export function countStep(run: Run, offset: number): void {
  try {
    run.budget.step()
  } catch (error) {
    throw error instanceof ValueFault ? new PlacedFault(error, offset) : error
  }
}

export function checkLength(run: Run, offset: number): void {
  if (run.out.length > valueLimits.textLength) placed(offset, () => run.budget.length(run.out.length))
}

export function placed<T>(offset: number, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof ValueFault) throw new PlacedFault(error, offset)
    throw error
  }
}
