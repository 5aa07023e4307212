import { isExactNumber } from '../../base/exact-json.ts'
import { type Budget, valueLimits } from './budget.ts'
import { ValueFault } from './fault.ts'
import { Float, isNumber, numberText, plainNumber } from './number.ts'

/** What a walk through a value may cost: parts that are shared can make a small value endless. */
export class Measure {
  readonly #budget: Budget | undefined
  #parts = 0
  #length = 0

  /** With the budget of the rendering, so that a long walk on a busy machine ends in time too. */
  constructor(budget?: Budget) {
    this.#budget = budget
  }

  spend(text: string): string {
    this.#length += text.length
    if ((++this.#parts & 1023) === 0) this.#budget?.call()
    if (this.#parts > 500_000 || this.#length > valueLimits.textLength) {
      throw new ValueFault('this value is too large')
    }
    return text
  }
}

/**
 * A list that an expression answered. In µTask that is text at once, by the rules of JavaScript (`a,b`); here it stays a list for
 * range, index and toJson, and becomes that text where text is wanted.
 */
export class ScriptList extends Array<unknown> {
  static override get [Symbol.species]() {
    return Array
  }
}

/** The text of a list as JavaScript has it: elements joined by commas, nothing for nothing, inner lists likewise. */
export function scriptText(list: readonly unknown[], measure = new Measure()): string {
  const words = list.map((element) => {
    if (element === null || element === undefined) return ''
    return Array.isArray(element) ? scriptText(element, measure) : print(element, measure)
  })
  return measure.spend(words.join(','))
}

/** What Go's fmt prints: lists `[a b]`, maps `map[k:v]` sorted by key, nil inside them `<nil>`. */
export function goText(value: unknown, budget?: Budget): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return scalarText(value)
  if (value instanceof ScriptList) return scriptText(value, new Measure(budget))
  return print(value, new Measure(budget))
}

function print(value: unknown, measure: Measure): string {
  if (Array.isArray(value)) {
    measure.spend('')
    return `[${value.map((element) => print(element, measure)).join(' ')}]`
  }
  if (isMap(value)) {
    const keys = Object.keys(value).sort()
    return `map[${keys.map((key) => `${measure.spend(key)}:${print(value[key], measure)}`).join(' ')}]`
  }
  return measure.spend(typeof value === 'string' ? value : scalarText(value))
}

function scalarText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (isNumber(value)) return numberText(value)
  // Go's time.Time in UTC, without the fraction it drops when zero.
  if (value instanceof Date) {
    const [date, time = ''] = value.toISOString().split('T')
    return `${date} ${time.replace(/\.?0*Z$/, '')} +0000 UTC`
  }
  return String(value)
}

/** A map of a template: an object that is neither list, number nor time. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Float) &&
    !(value instanceof Date) &&
    !isExactNumber(value)
  )
}

/** Names a value's kind for people. */
export function kindWords(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (isNumber(value)) return 'a number'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Date) return 'a time'
  if (typeof value === 'string') return 'a text'
  return typeof value === 'boolean' ? 'a boolean' : 'a map'
}

/** Go's truth: nil, false, "", 0 and what is empty are not true; a number from data always is, being a text to µTask. */
export function isTrue(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.length > 0
    case 'boolean':
      return value
    case 'bigint':
      return value !== 0n
    case 'number':
      return true
    default:
  }
  if (value === null || value === undefined) return false
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Float) return value.value !== 0
  return !isMap(value) || Object.keys(value).length > 0
}

/**
 * A JSON value of a template's value: computed numbers become plain ones, times their ISO text, nothing null.
 * For a JSON text, keys are put in order, as Go does, and numbers keep their digits.
 */
export function jsonOf(value: unknown, forText = false, budget?: Budget): unknown {
  return convert(value, forText, new Measure(budget))
}

function convert(value: unknown, forText: boolean, measure: Measure): unknown {
  measure.spend(typeof value === 'string' ? value : '')
  if (Array.isArray(value)) return value.map((element) => convert(element, forText, measure))
  if (isMap(value)) {
    const keys = Object.keys(value)
    if (forText) keys.sort()
    return Object.fromEntries(keys.map((key) => [measure.spend(key), convert(value[key], forText, measure)]))
  }
  if (value instanceof Date) return value.toISOString()
  if (!isNumber(value)) return value ?? null
  return forText && isExactNumber(value) ? value : plainNumber(value)
}
