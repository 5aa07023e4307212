import { isEqual, order } from '../compare.ts'
import { ValueFault } from '../fault.ts'
import { isTrue } from '../print.ts'
import { type FunctionEntry, type Run, takes } from '../run.ts'
import { listOf, textOf } from './arguments.ts'

const many = Number.POSITIVE_INFINITY

/** `and` and `or` are in evaluate.ts, because they do not look at all their values. */
export const logicFunctions: Record<string, FunctionEntry> = {
  not: takes(1, 1, ([value]) => !isTrue(value)),
  eq: takes(2, many, ([first, ...others], run) => others.some((other) => isEqual(first, other, run.budget))),
  ne: takes(2, 2, ([a, b], run) => !isEqual(a, b, run.budget)),
  lt: takes(2, 2, ([a, b]) => order(a, b) < 0),
  le: takes(2, 2, ([a, b]) => order(a, b) <= 0),
  gt: takes(2, 2, ([a, b]) => order(a, b) > 0),
  ge: takes(2, 2, ([a, b]) => order(a, b) >= 0),
  default: takes(1, 2, ([otherwise, value]) => (isTrue(value) ? value : otherwise)),
  empty: takes(1, 1, ([value]) => !isTrue(value)),
  coalesce: takes(0, many, (values) => values.find(isTrue) ?? null),
  all: takes(0, many, (values) => values.every(isTrue)),
  any: takes(0, many, (values) => values.some(isTrue)),
  ternary: takes(3, 3, ([yes, no, test]) => (isTrue(test) ? yes : no)),
  has: takes(2, 2, ([needle, list], run) => isIn(needle, list, run)),
  mustHas: takes(2, 2, ([needle, list], run) => isIn(needle, list, run)),
  fail: takes(1, 1, ([message]) => {
    throw new ValueFault(textOf(message, 'fail'))
  }),
}

function isIn(needle: unknown, list: unknown, run: Run): boolean {
  if (list === null || list === undefined) return false
  return listOf(list, 'has').some((element) => {
    run.budget.step()
    try {
      return isEqual(element, needle, run.budget)
    } catch (error) {
      // Of another kind: simply not the one.
      if (error instanceof ValueFault) return false
      throw error
    }
  })
}
