/*
 * The driver takes the type of an array from its first element, so an array of dates or bytes is announced as one date or
 * one value. As text, with the type in the statement, each array is what the statement says.
 */

export function instants(values: readonly (Date | null | undefined)[]): (string | null)[] {
  return values.map((value) => value?.toISOString() ?? null)
}

export function bytes(values: readonly (Buffer | null | undefined)[]): (string | null)[] {
  return values.map((value) => (value ? `\\x${value.toString('hex')}` : null))
}

/** JSON as text: an array of jsonb would be encoded a second time. Cast to jsonb in the statement. */
export function jsonTexts(values: readonly unknown[]): (string | null)[] {
  return values.map((value) => (value === undefined || value === null ? null : JSON.stringify(value)))
}

/** Lists inside a row, as array literals; cast to text[] in the statement. */
export function textLists(values: readonly (readonly string[])[]): string[] {
  return values.map(
    (list) =>
      `{${list.map((each) => `"${each.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`,
  )
}
