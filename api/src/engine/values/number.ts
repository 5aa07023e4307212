import { exactJson, isExactNumber } from '../../base/exact-json.ts'

/*
 * Numbers of four kinds meet in a template. Data (inputs, outputs): a JavaScript number, or, where that would lose digits, its
 * exact text as JSON.rawJSON, which JSON.stringify writes back unchanged. What a template computes: a bigint for Go's int, a
 * Float for its float64. The difference matters because µTask's data numbers are texts to Go: a 0 from data is "not empty".
 */
/** A number that a template has computed with fractions. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

export function isNumber(value: unknown): boolean {
  return (
    typeof value === 'number' || typeof value === 'bigint' || value instanceof Float || isExactNumber(value)
  )
}

/** The digits as they were written, or as they would be in JSON. */
export function numberText(value: unknown): string {
  if (isExactNumber(value)) return value.rawJSON
  return String(value instanceof Float ? value.value : value)
}

export function numberOf(value: unknown): number {
  return value instanceof Float ? value.value : Number(isExactNumber(value) ? value.rawJSON : value)
}

/** Below zero, zero or above; exact also where doubles are not, as long as both are whole. */
export function compareNumbers(a: unknown, b: unknown): number {
  const [x, y] = [wholeOf(a), wholeOf(b)]
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0
  return numberOf(a) - numberOf(b)
}

function wholeOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  const text = numberText(value)
  return /^-?\d+$/.test(text) ? BigInt(text) : undefined
}

/** The JSON value of what a template computed: for `typed`, and for actions. Exact text stays only where digits would be lost. */
export function plainNumber(value: unknown): unknown {
  if (value instanceof Float) return value.value
  if (typeof value === 'bigint') {
    return BigInt(Number(value)) === value ? Number(value) : exactJson.rawJSON(String(value))
  }
  if (!isExactNumber(value)) return value
  const number = Number(value.rawJSON)
  const isSafe = Number.isSafeInteger(number) || (!Number.isInteger(number) && Number.isFinite(number))
  return isSafe ? number : value
}
