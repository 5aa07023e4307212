import type { Budget } from './budget.ts'
import { ValueFault } from './fault.ts'
import { compareNumbers, isNumber, numberText } from './number.ts'
import { isMap, kindWords, Measure, ScriptList, scriptText } from './print.ts'

/*
 * Comparisons. In µTask a number from data is a text to Go: {{eq .n "1"}} holds and {{eq .n 1}} is an error. Here both hold:
 * numbers compare as numbers; a number beside a text compares by its text for eq and ne, and as a number for the order where
 * the text is one. A boolean or the list of an expression beside a text compares by its text, because µTask's expressions answer texts. Nothing equals
 * only nothing, as in Go. Any other mixture is an error, as there.
 */

export function isEqual(a: unknown, b: unknown, budget?: Budget): boolean {
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null)
  if (typeof a === 'string' && typeof b === 'string') return a === b
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) === 0
  if (typeof a === 'boolean' && typeof b === 'boolean') return a === b
  if (typeof a === 'string' || typeof b === 'string') {
    const [words, other] = typeof a === 'string' ? [a, b] : [b as string, a]
    if (isNumber(other)) return numberText(other) === words
    if (typeof other === 'boolean') return String(other) === words
    if (other instanceof ScriptList) return scriptText(other) === words
  }
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  if ((Array.isArray(a) && Array.isArray(b)) || (isMap(a) && isMap(b)))
    return isDeepEqual(a, b, new Measure(budget))
  throw new ValueFault(`${kindWords(a)} and ${kindWords(b)} cannot be compared`)
}

/** Below zero, zero or above. */
export function order(a: unknown, b: unknown): number {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b)
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (isNumber(a) && typeof b === 'string') return compareNumbers(a, numberIn(b, a))
  if (typeof a === 'string' && isNumber(b)) return compareNumbers(numberIn(a, b), b)
  throw new ValueFault(`${kindWords(a)} and ${kindWords(b)} have no order`)
}

function numberIn(text: string, beside: unknown): number | bigint {
  const trimmed = text.trim()
  if (/^-?\d+$/.test(trimmed)) return BigInt(trimmed)
  if (/^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed)
  throw new ValueFault(`the text "${text.slice(0, 50)}" and the number ${numberText(beside)} have no order`)
}

/** Same kind and same content all the way down; never an error. */
export function isDeepEqual(a: unknown, b: unknown, measure = new Measure()): boolean {
  measure.spend('')
  if (a === b) return true
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) === 0
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((element, i) => isDeepEqual(element, b[i], measure))
  }
  if (!isMap(a) || !isMap(b)) return (a ?? null) === (b ?? null)
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isDeepEqual(a[key], b[key], measure))
  )
}
