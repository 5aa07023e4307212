/** One place where what came is not what was expected. */
export interface Difference {
  readonly path: string
  readonly expected: unknown
  readonly actual: unknown
}

/**
 * Where two JSON values differ, as deep inside as possible. With `partly` maps may have more keys than are expected, at any depth;
 * lists are always compared whole.
 */
export function differences(path: string, expected: unknown, actual: unknown, partly = false): Difference[] {
  if (isMap(expected) && isMap(actual)) {
    const keys = new Set([...Object.keys(expected), ...(partly ? [] : Object.keys(actual))])
    return [...keys].flatMap((key) =>
      differences(`${path}.${key}`, own(expected, key), own(actual, key), partly),
    )
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((each, i) => differences(`${path}[${i}]`, each, actual[i], partly))
  }
  return Object.is(expected, actual) || (isEmpty(expected) && isEmpty(actual))
    ? []
    : [{ path, expected, actual }]
}

/** A part of a text is enough; null expects none. */
export function textDifference(path: string, expected: string | null, actual: string | null): Difference[] {
  const fits = expected === null ? actual === null : actual?.includes(expected) === true
  return fits ? [] : [{ path, expected, actual }]
}

export function differenceLine({ path, expected, actual }: Difference): string {
  return `${path}: expected ${shown(expected)}, got ${shown(actual)}`
}

const shownMax = 500

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text
}

function own(map: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Nothing and null are the same in JSON texts. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null
}
