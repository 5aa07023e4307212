import { ValueFault } from '../fault.ts'
import { compareNumbers, isNumber, numberText } from '../number.ts'
import { type FunctionEntry, type Run, takes } from '../run.ts'
import { countOf, float, floatOf, intOf, textOf } from './arguments.ts'

const many = Number.POSITIVE_INFINITY
/** Go's numbers end at 64 bits; a result beyond is an error here, not a wrong number. */
const intMax = 2n ** 63n - 1n

export const numberFunctions: Record<string, FunctionEntry> = {
  atoi: takes(1, 1, ([text]) => {
    const trimmed = textOf(text, 'atoi')
    return /^[+-]?\d+$/.test(trimmed) ? BigInt(trimmed) : 0n
  }),
  int: takes(1, 1, ([value]) => intOf(value)),
  int64: takes(1, 1, ([value]) => intOf(value)),
  float64: takes(1, 1, ([value]) => float(floatOf(value))),
  // Reads octal digits, whatever its name says; that is what sprig does.
  toDecimal: takes(1, 1, ([value]) => {
    const digits = isNumber(value) ? numberText(value) : textOf(value, 'toDecimal')
    return /^[0-7]+$/.test(digits) ? BigInt(`0o${digits}`) : 0n
  }),
  add: takes(0, many, (values) => bounded(values.reduce<bigint>((sum, value) => sum + intOf(value), 0n))),
  add1: takes(1, 1, ([value]) => bounded(intOf(value) + 1n)),
  sub: takes(2, 2, ([a, b]) => bounded(intOf(a) - intOf(b))),
  mul: takes(1, many, (values) =>
    values.reduce<bigint>((product, value) => bounded(product * intOf(value)), 1n),
  ),
  div: takes(2, 2, ([a, b]) => intOf(a) / divisor(intOf(b))),
  mod: takes(2, 2, ([a, b]) => intOf(a) % divisor(intOf(b))),
  max: takes(1, many, (values) => ordered(values).at(-1)),
  biggest: takes(1, many, (values) => ordered(values).at(-1)),
  min: takes(1, many, (values) => ordered(values)[0]),
  addf: takes(0, many, (values) => decimal(values, (sum, value) => sum + value, 0)),
  add1f: takes(1, 1, ([value]) => decimal([value, 1n], (sum, add) => sum + add, 0)),
  subf: takes(1, many, ([first, ...others]) =>
    decimal(others, (left, value) => left - value, floatOf(first)),
  ),
  mulf: takes(1, many, (values) => decimal(values, (product, value) => product * value, 1)),
  divf: takes(1, many, ([first, ...others]) =>
    decimal(others, (left, value) => left / value, floatOf(first)),
  ),
  maxf: takes(1, many, (values) => float(Math.max(...values.map(floatOf)))),
  minf: takes(1, many, (values) => float(Math.min(...values.map(floatOf)))),
  ceil: takes(1, 1, ([value]) => float(Math.ceil(floatOf(value)))),
  floor: takes(1, 1, ([value]) => float(Math.floor(floatOf(value)))),
  round: takes(2, 3, ([value, places]) => float(rounded(floatOf(value), countOf(places, 'round')))),
  until: takes(1, 1, ([count], run) => {
    const end = countOf(count, 'until')
    return steps(0, end, end < 0 ? -1 : 1, run)
  }),
  untilStep: takes(3, 3, ([start, end, step], run) => {
    return steps(countOf(start, 'untilStep'), countOf(end, 'untilStep'), countOf(step, 'untilStep'), run)
  }),
  seq: takes(0, 3, (args, run) =>
    sequence(
      args.map((value) => countOf(value, 'seq')),
      run,
    ).join(' '),
  ),
}

function ordered(values: readonly unknown[]): bigint[] {
  return values.map(intOf).toSorted(compareNumbers)
}

function bounded(value: bigint): bigint {
  if (value > intMax || value < -intMax - 1n) throw new ValueFault('this number does not fit into 64 bits')
  return value
}

function divisor(value: bigint): bigint {
  if (value === 0n) throw new ValueFault('division by zero')
  return value
}

/** sprig adds decimals, not doubles: 0.1 + 0.2 is 0.3. Fifteen digits are what a double surely holds. */
function decimal(values: readonly unknown[], combine: (a: number, b: number) => number, start: number) {
  const result = values.map(floatOf).reduce(combine, start)
  if (!Number.isFinite(result)) throw new ValueFault('division by zero')
  return float(Number(result.toPrecision(15)))
}

function rounded(value: number, places: number): number {
  const shifted = Number(`${Math.abs(value)}e${places}`)
  // Numbers so large or small that their text has an exponent of its own have nothing to round.
  if (!Number.isFinite(shifted)) return value
  return Math.sign(value) * Number(`${Math.round(shifted)}e${-places}`)
}

function steps(start: number, end: number, step: number, run: Run): bigint[] {
  if (step === 0 || (end < start && step > 0) || (end > start && step < 0)) return []
  const count = Math.max(0, Math.ceil((end - start) / step))
  run.budget.count(count)
  return Array.from({ length: count }, (_, i) => BigInt(start + i * step))
}

/** seq END · seq START END · seq START STEP END; the end is included. */
function sequence(numbers: readonly number[], run: Run): bigint[] {
  const [a = 0, b = 0, c = 0] = numbers
  if (numbers.length === 0) return []
  const [start, end] = numbers.length === 1 ? [1, a] : numbers.length === 2 ? [a, b] : [a, c]
  const direction = end < start ? -1 : 1
  const step = numbers.length === 3 ? b : direction
  return steps(start, end + direction, step, run)
}
