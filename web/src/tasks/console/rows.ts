export type Row = Readonly<Record<string, unknown>>

/** Rows of the database as the API tells them: one, several, or none. */
export function rowsOf(value: unknown): readonly Row[] {
  const list = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]
  return list.filter((row): row is Row => typeof row === 'object' && row !== null && !Array.isArray(row))
}

/** Every name that a row has, in the order of their first appearance. */
export const columnsOf = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap(Object.keys))]

/** A value in one line. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Rows in which some value has the text. */
export function findRows(rows: readonly Row[], text: string): readonly Row[] {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return rows
  return rows.filter((row) =>
    Object.values(row).some((value) => cellText(value).toLowerCase().includes(wanted)),
  )
}
