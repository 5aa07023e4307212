/*
 * Columns of many rows as array literals, for `unnest`. The driver could take arrays, but it guesses their type from the
 * first element (a list of dates becomes one date) and escapes every element with two regular expressions: a tenth of all
 * the work of a flush. As text, with the type in the statement, each array is what the statement says.
 */

type Missing = null | undefined

/**
 * A column that says nothing is an empty list: `unnest` fills it up with nulls beside the others, and neither side writes or
 * reads them (a quarter of the time of `updateSteps`). So at least one column of each statement must have a value in a row.
 */
function literal<T>(values: readonly (T | Missing)[], write: (value: T) => string | number): string {
  if (!values.some(isThere)) return '{}'
  // Joining is better than adding up: every `+` made two strings of its own.
  return `{${values.map((value) => (isThere(value) ? write(value) : 'NULL')).join(',')}}`
}

function isThere<T>(value: T | Missing): value is T {
  return value !== null && value !== undefined
}

/** Numbers, uuids and words: nothing that needs quoting. */
export function plain(values: readonly (string | number | Missing)[]): string {
  return literal(values, (value) => value)
}

export function texts(values: readonly (string | Missing)[]): string {
  return literal(values, quoted)
}

/** Milliseconds since 1970; the statement says `to_timestamp(x / 1000)`. */
export function instants(values: readonly (Date | Missing)[]): string {
  return literal(values, (value) => value.getTime())
}

export function bytes(values: readonly (Buffer | Missing)[]): string {
  return literal(values, (value) => `"\\\\x${value.toString('hex')}"`)
}

/** JSON as text; cast to jsonb in the statement. */
export function jsonTexts(values: readonly unknown[]): string {
  return texts(values.map((value) => (value === undefined || value === null ? null : storable(value))))
}

/** An escaped backslash, or the escape of what jsonb refuses: NUL and halves of characters, which stand there only alone. */
const escapes = /\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g

/** A single such character, in whatever somebody sent, would keep its task from being written ever again. */
function storable(value: unknown): string {
  const json = JSON.stringify(value)
  return json.includes('\\u') ? json.replace(escapes, (found) => (found === '\\\\' ? found : '\ufffd')) : json
}

/** Lists inside a row; cast to text[] in the statement. */
export function textLists(values: readonly (readonly string[] | Missing)[]): string {
  return texts(values.map((list) => list && texts(list)))
}

function quoted(text: string): string {
  return /["\\]/.test(text) ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `"${text}"`
}
