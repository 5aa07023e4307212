import { limits } from '@stint/schema/limits'
import { Problem } from './problem.ts'

/** What a keyset cursor may hold: the sort values of a row and its id, in the order of the sort. */
export type CursorValue = string | number | boolean | null

/** Opaque for everybody outside: it may change with every release, so nothing is promised about its inside. */
export function encodeCursor(values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

function valuesOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

function isCursorValue(value: unknown): value is CursorValue {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/** The `count` values of a cursor. Throws `invalid-cursor` for a text that we did not make, or made for another list. */
export function decodeCursor(cursor: string, count: number): CursorValue[] {
  const values = valuesOf(cursor)
  if (Array.isArray(values) && values.length === count && values.every(isCursorValue)) return values
  throw new Problem('invalid-cursor', 'This place in the list is unknown; begin again with the first page.')
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Is there more in the direction that was asked for? */
  readonly more: boolean
}

/** Rows to ask for: the default when nothing is said, never more than the maximum. */
export function pageSize(wanted: number | null | undefined): number {
  if (wanted === null || wanted === undefined) return limits.pageSizeDefault
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= limits.pageSizeMax) return wanted
  throw new Problem('invalid-request', `A page has 1 to ${limits.pageSizeMax} entries.`)
}

/** A store asks for one row more than the page has: whether that row came is the answer to "is there more?". */
export function cutPage<T>(rows: readonly T[], size: number): Page<T> {
  return { items: rows.slice(0, size), more: rows.length > size }
}
