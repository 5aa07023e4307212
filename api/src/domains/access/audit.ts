import type { App } from '../../base/app.ts'
import { isId } from '../../base/ids.ts'
import { cutPage, decodeCursor, type Page, pageSize } from '../../base/page.ts'
import { Problem } from '../../base/problem.ts'
import type { AuditEntry, AuditFilter } from '../audit/model.ts'
import { listAudit } from '../audit/store.ts'
import { type Actor, demand } from './model.ts'

function afterId(cursor: string): string {
  const [id] = decodeCursor(cursor, 1)
  if (typeof id === 'string' && isId(id)) return id
  throw new Problem('invalid-cursor', 'This place in the list is unknown; begin again with the first page.')
}

/** The audit record, newest first, for those with audit.view. A cursor holds the id of an entry. Throws `invalid-cursor`. */
export async function pageOfAudit(
  app: App,
  actor: Actor | undefined,
  { first, after, ...filter }: AuditFilter & { first?: number | null; after?: string | null },
): Promise<Page<AuditEntry>> {
  demand(actor, 'audit.view')
  const size = pageSize(first)
  return cutPage(await listAudit(app.sql, filter, after ? afterId(after) : null, size + 1), size)
}
