/*
 * Columns of many rows as array literals, for `unnest`. The driver could take arrays, but it guesses their type from the
 * first element (a list of dates becomes one date) and escapes every element with two regular expressions: a tenth of all
 * the work of a flush. As text, with the type in the statement, each array is what the statement says.
 */

type Missing = null | undefined

const literal = (elements: readonly (string | number)[]) => `{${elements.join(',')}}`

/** Numbers, uuids and words: nothing that needs quoting. */
export function plain(values: readonly (string | number | Missing)[]): string {
  return literal(values.map((value) => value ?? 'NULL'))
}

export function texts(values: readonly (string | Missing)[]): string {
  return literal(values.map((value) => (value === null || value === undefined ? 'NULL' : quoted(value))))
}

/** Milliseconds since 1970; the statement says `to_timestamp(x / 1000)`. */
export function instants(values: readonly (Date | Missing)[]): string {
  return literal(values.map((value) => value?.getTime() ?? 'NULL'))
}

export function bytes(values: readonly (Buffer | Missing)[]): string {
  return literal(values.map((value) => (value ? `"\\\\x${value.toString('hex')}"` : 'NULL')))
}

/** JSON as text; cast to jsonb in the statement. */
export function jsonTexts(values: readonly unknown[]): string {
  return texts(values.map((value) => (value === undefined || value === null ? null : JSON.stringify(value))))
}

/** Lists inside a row; cast to text[] in the statement. */
export function textLists(values: readonly (readonly string[] | Missing)[]): string {
  return texts(values.map((list) => list && texts(list)))
}

function quoted(text: string): string {
  return /["\\]/.test(text) ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `"${text}"`
}
