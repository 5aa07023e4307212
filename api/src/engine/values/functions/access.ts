import { isExactNumber } from '../../../base/exact-json.ts'
import { isDeepEqual } from '../compare.ts'
import { ValueFault } from '../fault.ts'
import { readField } from '../field.ts'
import { isNumber, numberText } from '../number.ts'
import { isMap, jsonOf, kindWords, Measure } from '../print.ts'
import { type FunctionEntry, type Run, takes } from '../run.ts'
import { countOf, listOf, mapOf, owned, textOf } from './arguments.ts'

const many = Number.POSITIVE_INFINITY

/** Ways into a value, and questions about it. */
export const accessFunctions: Record<string, FunctionEntry> = {
  field: takes(1, many, (names, run) => walk(run.root, names, run, 'field')),
  fieldFrom: takes(2, many, (args, run) => {
    const from = args.at(-1)
    return walk(mapOf(from, 'fieldFrom'), args.slice(0, -1), run, 'fieldFrom')
  }),
  // µTask's name before 1.5; the value of a path as JSON text.
  jsonfield: takes(1, many, (names, run) => {
    return JSON.stringify(jsonOf(walk(run.root, names, run, 'jsonfield'), true, run.budget))
  }),
  eval: takes(1, 1, ([name], run) => variable(name, run, false)),
  evalCache: takes(1, 1, ([name], run) => variable(name, run, true)),
  // Standing alone it is handled by render; elsewhere it changes nothing.
  typed: takes(1, 1, ([value]) => value),
  index: takes(1, many, ([value, ...keys]) => keys.reduce(elementOf, value)),
  len: takes(1, 1, ([value]) => BigInt(lengthOf(value))),
  slice: takes(1, 4, ([value, ...bounds]) => sliceOf(value, bounds)),
  typeOf: takes(1, 1, ([value]) => goType(value)),
  typeIs: takes(2, 2, ([type, value]) => isType(goType(value), type)),
  typeIsLike: takes(2, 2, ([type, value]) => isType(goType(value), type) || `*${goType(value)}` === type),
  kindOf: takes(1, 1, ([value]) => goKind(value)),
  kindIs: takes(2, 2, ([kind, value]) => isType(goKind(value), kind)),
  deepEqual: takes(2, 2, ([a, b], run) => isDeepEqual(a, b, new Measure(run.budget))),
  deepCopy: takes(1, 1, ([value], run) => owned(value, new Measure(run.budget))),
  mustDeepCopy: takes(1, 1, ([value], run) => owned(value, new Measure(run.budget))),
  hello: takes(0, 0, () => 'Hello!'),
}

/** µTask's walk: what is missing on the way is nothing, not an error. */
function walk(from: unknown, names: readonly unknown[], run: Run, what: string): unknown {
  let value = from
  for (const name of names) {
    if (value === null || value === undefined) return undefined
    if (!isMap(value)) return undefined
    value = readField(value, textOf(name, what), run.strict)
  }
  return value
}

function variable(name: unknown, run: Run, cached: boolean): unknown {
  if (run.variables === undefined) throw new ValueFault('there are no variables here')
  const word = textOf(name, 'eval')
  return cached ? run.variables.evaluateOnce(word, run) : run.variables.evaluate(word, run)
}

function elementOf(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) throw new ValueFault('index is asked of nothing')
  if (Array.isArray(value)) {
    const place = countOf(key, 'index')
    if (place < 0 || place >= value.length)
      throw new ValueFault(`a list of ${value.length} has no element ${place}`)
    return value[place]
  }
  if (isMap(value)) {
    const name = textOf(key, 'index')
    return Object.hasOwn(value, name) ? value[name] : undefined
  }
  if (typeof value === 'string') {
    const bytes = Buffer.from(value)
    const place = countOf(key, 'index')
    if (place < 0 || place >= bytes.length)
      throw new ValueFault(`a text of ${bytes.length} bytes has no byte ${place}`)
    return BigInt(bytes[place] as number)
  }
  throw new ValueFault(`index is asked of ${kindWords(value)}`)
}

/** Of a text its bytes, as in Go. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (isNumber(value) && typeof value !== 'bigint') return numberText(value).length
  if (Array.isArray(value)) return value.length
  if (isMap(value)) return Object.keys(value).length
  throw new ValueFault(`len is asked of ${kindWords(value)}`)
}

function sliceOf(value: unknown, bounds: readonly unknown[]): unknown {
  const length = typeof value === 'string' ? value.length : listOf(value, 'slice').length
  const start = bounds[0] === undefined ? 0 : countOf(bounds[0], 'slice')
  const end = bounds[1] === undefined ? length : countOf(bounds[1], 'slice')
  if (start < 0 || end > length || start > end) {
    throw new ValueFault(`slice from ${start} to ${end} does not fit into ${length}`)
  }
  return (value as string | unknown[]).slice(start, end)
}

/** All whole numbers are one kind here; in Go literals are int and what sprig computes int64. */
function isType(actual: string, wanted: unknown): boolean {
  return actual === wanted || (actual === 'int' && wanted === 'int64')
}

function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'number' || isExactNumber(value)) return 'json.Number'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (Array.isArray(value)) return '[]interface {}'
  if (value instanceof Date) return 'time.Time'
  return isMap(value) ? 'map[string]interface {}' : 'float64'
}

function goKind(value: unknown): string {
  const type = goType(value)
  if (type === '<nil>') return 'invalid'
  if (type === 'json.Number') return 'string'
  if (type.startsWith('[')) return 'slice'
  if (type.startsWith('map')) return 'map'
  return type === 'time.Time' ? 'struct' : type
}
