import { limits } from '@stint/schema/limits'
import { type CursorValue, cutPage, decodeCursor, encodeCursor, type Page, pageSize } from '../base/page.ts'
import { Problem } from '../base/problem.ts'
import { builder } from './builder.ts'

/** What the caller asked for, read once: how many, from where, in which direction. */
export interface PageRequest {
  readonly size: number
  /** The single value of the cursor. */
  readonly from: CursorValue | undefined
  /** Asked with `last`/`before`: the page in front of `from`. */
  readonly backwards: boolean
}

interface PageArgs {
  readonly first?: number | null
  readonly after?: string | null
  readonly last?: number | null
  readonly before?: string | null
}

/** Throws `invalid-cursor` or `invalid-request`. */
export function readPage({ first, after, last, before }: PageArgs): PageRequest {
  const backwards = typeof last === 'number' || typeof before === 'string'
  if (backwards && (typeof first === 'number' || typeof after === 'string')) {
    throw new Problem('invalid-request', 'Ask either with first and after, or with last and before.')
  }
  const cursor = backwards ? before : after
  const from = typeof cursor === 'string' ? decodeCursor(cursor, 1)[0] : undefined
  return { size: pageSize(backwards ? last : first), from, backwards }
}

/** For lists whose cursor is a text, such as an id or a name. */
export function textFrom({ from }: PageRequest): string | undefined {
  if (from === undefined || typeof from === 'string') return from
  throw new Problem('invalid-cursor', 'This place belongs to another list; begin again with the first page.')
}

/** For lists whose cursor is a number. */
export function numberFrom({ from }: PageRequest): number | undefined {
  if (from === undefined || (typeof from === 'number' && Number.isSafeInteger(from))) return from
  throw new Problem('invalid-cursor', 'This place belongs to another list; begin again with the first page.')
}

/** For domains that cut their pages themselves, and only walk forward. */
export function connectionOfPage<T>(
  { items, more }: Page<T>,
  after: string | null | undefined,
  cursorOf: (row: T) => CursorValue,
) {
  const edges = items.map((node) => ({ node, cursor: encodeCursor([cursorOf(node)]) }))
  return { edges, pageInfo: pageInfo(edges, more, typeof after === 'string') }
}

/** The same for cursors of several values. */
export function connectionOfTuples<T>(
  { items, more }: Page<T>,
  after: string | null | undefined,
  cursorOf: (row: T) => readonly CursorValue[],
) {
  const edges = items.map((node) => ({ node, cursor: encodeCursor(cursorOf(node)) }))
  return { edges, pageInfo: pageInfo(edges, more, typeof after === 'string') }
}

function pageInfo(edges: readonly { cursor: string }[], hasNextPage: boolean, hasPreviousPage: boolean) {
  return {
    hasNextPage,
    hasPreviousPage,
    startCursor: edges.at(0)?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  }
}

/**
 * Rows came in the direction that was asked, one more than the page has when there is more there.
 * The page is always in the order of the list, so a backward page is turned round.
 */
export function connectionOf<T>(rows: readonly T[], request: PageRequest, cursorOf: (row: T) => CursorValue) {
  const { items, more } = cutPage(rows, request.size)
  const inOrder = request.backwards ? items.toReversed() : items
  const edges = inOrder.map((node) => ({ node, cursor: encodeCursor([cursorOf(node)]) }))
  const beyond = request.from !== undefined
  return {
    edges,
    pageInfo: request.backwards ? pageInfo(edges, beyond, more) : pageInfo(edges, more, beyond),
  }
}

/**
 * A page costs in proportion to what it may bring: the list of edges below counts ten by itself, so a tenth stands here.
 * Without this the complexity plugin takes every list for ten entries, whatever `first` says.
 */
export function pageCost({ first, last }: { first?: number | null; last?: number | null }) {
  const wanted = Math.min(Math.max(first ?? last ?? limits.pageSizeDefault, 1), limits.pageSizeMax)
  return { field: 5, multiplier: wanted / 10 }
}

/** For plain lists with `first`: as many as are asked for. */
export function listCost(wanted: number | null | undefined, max: number) {
  return { field: 5, multiplier: Math.min(Math.max(wanted ?? max, 1), max) }
}

/** For lists that are only walked forward. */
export const forwardArgs = builder.args((t) => ({
  first: t.int({ description: 'At most so many entries (1 to 100; 25 when absent).' }),
  after: t.string({ description: 'Only entries behind this place: an `endCursor` of an earlier page.' }),
}))

/** For plain lists with `first`. Throws `invalid-request` outside of 1 to `max`; `max` when nothing is said. */
export function readCount(wanted: number | null | undefined, max: number): number {
  if (wanted === null || wanted === undefined) return max
  if (wanted >= 1 && wanted <= max) return wanted
  throw new Problem('invalid-request', `Ask for 1 to ${max} entries at once.`)
}
