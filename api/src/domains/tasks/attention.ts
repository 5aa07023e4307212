import type { App } from '../../base/app.ts'
import { isId } from '../../base/ids.ts'
import { cutPage, decodeCursor, encodeCursor, type Page, pageSize } from '../../base/page.ts'
import { Problem } from '../../base/problem.ts'
import { type Actor, demand } from '../access/model.ts'
import { type AttentionKind, attentionKinds } from './model.ts'
import {
  type AttentionPlace,
  type AttentionRow,
  attentionRows,
  countAttention,
  wholeTask,
} from './store/attention.ts'

/** More are not counted: a number beyond it helps nobody. */
const countedMax = 1_000

function placeOf(cursor: string | null | undefined): AttentionPlace | undefined {
  if (!cursor) return undefined
  const [sinceText, taskId, stepNo] = decodeCursor(cursor, 3)
  if (typeof sinceText === 'string' && typeof taskId === 'string' && typeof stepNo === 'number') {
    const isPlace = isId(taskId) && Number.isInteger(stepNo) && !Number.isNaN(Date.parse(sinceText))
    if (isPlace) return { sinceText, taskId, stepNo }
  }
  throw new Problem('invalid-cursor', 'This place belongs to another list; begin again with the first page.')
}

/** Where a page that ends with this row goes on. */
export function cursorOf({ sinceText, taskId, stepNo }: AttentionRow): string {
  return encodeCursor([sinceText, taskId, stepNo ?? wholeTask])
}

/** What waits for this person, and only what he may act on; what waited longest comes first. Needs `task.view`. */
export async function pageOfAttention(
  { sql }: App,
  actor: Actor | undefined,
  given: {
    readonly kinds?: readonly AttentionKind[] | null
    readonly first?: number | null
    readonly after?: string | null
  },
): Promise<Page<AttentionRow>> {
  demand(actor, 'task.view')
  const size = pageSize(given.first)
  const kinds = given.kinds?.length ? given.kinds : attentionKinds
  return cutPage(
    await attentionRows(sql, actor, kinds, { after: placeOf(given.after), limit: size + 1 }),
    size,
  )
}

/** How many things wait for this person; a thousand of each kind at the most. */
export async function countOfAttention({ sql }: App, actor: Actor | undefined): Promise<number> {
  demand(actor, 'task.view')
  return countAttention(sql, actor, attentionKinds, countedMax)
}
