import type postgres from 'postgres'
import { newId } from '../../base/ids.ts'
import type { AnySql } from '../../postgres/connect.ts'
import type { AuditEntry, AuditFilter, Author, NewAuditEntry } from './model.ts'

/**
 * Appends to the audit record; `sql` must be the transaction of the change that the entries describe, so that neither
 * stands without the other. One statement for any number of entries.
 */
export async function record(sql: AnySql, author: Author, entries: readonly NewAuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map((entry) => ({ ...entry, id: entry.id ?? newId() }))
  await sql`
    -- recordAudit
    insert into audit (id, actor_id, actor_name, address, action, subject_type, subject_id, reason, details)
    select
      row.id,
      ${author.userId}::uuid,
      ${author.name}::text,
      ${author.address ?? null}::text,
      row.action,
      row."subjectType",
      row."subjectId",
      row.reason,
      coalesce(row.details, '{}')
    from jsonb_to_recordset(${sql.json(rows as unknown as postgres.JSONValue)})
      as row (id uuid, action text, "subjectType" text, "subjectId" text, reason text, details jsonb)
  `
}

/** Newest first, beginning after the entry `afterId`; up to `limit` rows. */
export function listAudit(
  sql: AnySql,
  filter: AuditFilter,
  afterId: string | null,
  limit: number,
): Promise<AuditEntry[]> {
  return sql<AuditEntry[]>`
    -- listAudit
    select id, at, actor_id, actor_name, action, subject_type, subject_id, reason, address, details
    from audit
    where (${afterId}::uuid is null or id < ${afterId})
      ${filter.subjectType ? sql`and subject_type = ${filter.subjectType}` : sql``}
      ${filter.subjectId ? sql`and subject_id = ${filter.subjectId}` : sql``}
      ${filter.actorName ? sql`and actor_name = ${filter.actorName}` : sql``}
    order by id desc
    limit ${limit}
  `
}
