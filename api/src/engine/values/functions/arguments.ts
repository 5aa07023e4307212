import { ValueFault } from '../fault.ts'
import { Float, isNumber, numberOf, numberText } from '../number.ts'
import { isMap, kindWords, type Measure, ScriptList, scriptText } from '../print.ts'

/*
 * What the functions take. Go's templates are strict about texts and numbers; ours take a number where a text is wanted and a
 * text of digits where a number is, since templates make texts of everything anyway. Nothing and structures stay errors.
 */

export function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  if (isNumber(value)) return numberText(value)
  if (typeof value === 'boolean') return String(value)
  if (value instanceof ScriptList) return scriptText(value)
  throw new ValueFault(`${name} needs a text, not ${kindWords(value)}`)
}

/** A whole number for counts, sizes and places. */
export function countOf(value: unknown, name: string): number {
  const isDigits = typeof value === 'string' && /^\s*-?\d+\s*$/.test(value)
  const count = isDigits ? Number(value) : isNumber(value) ? numberOf(value) : Number.NaN
  if (Number.isSafeInteger(count)) return count
  throw new ValueFault(`${name} needs a whole number, not ${describe(value)}`)
}

/** sprig's conversion for its arithmetic: what is no number counts as 0. */
export function intOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'string' || isNumber(value)) {
    const text = (typeof value === 'string' ? value : numberText(value)).trim()
    if (/^-?\d+$/.test(text)) return BigInt(text)
    if (/^-?0[xob][\da-f]+$/i.test(text)) return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
    const number = Number(text)
    if (text !== '' && Number.isFinite(number)) return BigInt(Math.trunc(number))
  }
  return 0n
}

/** sprig's conversion for its arithmetic with fractions: what is no number counts as 0. */
export function floatOf(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  const number =
    typeof value === 'string' ? Number(value.trim() || Number.NaN) : isNumber(value) ? numberOf(value) : 0
  return Number.isNaN(number) ? 0 : number
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new ValueFault(`${name} needs a list, not ${describe(value)}`)
}

export function mapOf(value: unknown, name: string): Record<string, unknown> {
  if (isMap(value)) return value
  throw new ValueFault(`${name} needs a map, not ${describe(value)}`)
}

/** Maps that templates have made and may change. Data belongs to the engine and is copied before a change. */
const ownMaps = new WeakSet<object>()

/** A map that a template makes; without a prototype, so that no name has a meaning of its own. */
export function newMap(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const map: Record<string, unknown> = Object.create(null)
  for (const [key, value] of entries) map[key] = value
  ownMaps.add(map)
  return map
}

/** The map itself when a template made it, else a copy. */
export function changeable(map: Record<string, unknown>): Record<string, unknown> {
  return ownMaps.has(map) ? map : newMap(Object.entries(map))
}

/** Makes a value that nobody else holds the template's own, all the way down. */
export function owned(value: unknown, measure: Measure): unknown {
  measure.spend('')
  if (Array.isArray(value)) return value.map((element) => owned(element, measure))
  if (!isMap(value)) return value
  return newMap(Object.entries(value).map(([key, element]) => [key, owned(element, measure)] as const))
}

export function describe(value: unknown): string {
  const words = kindWords(value)
  return typeof value === 'string' ? `the text "${value.slice(0, 50)}"` : words
}

/** A result with fractions. */
export function float(value: number): Float {
  return new Float(value)
}
