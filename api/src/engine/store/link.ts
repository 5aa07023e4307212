import type { AnySql } from '../../postgres/connect.ts'
import type { Link } from '../lock.ts'
import { plain, texts } from './arrays.ts'

export interface LinkRow {
  readonly taskId: string
  readonly resourceType: string
  readonly resourceId: string
  readonly operation: string
  readonly mode: 'exclusive' | 'shared' | 'limit' | null
  readonly onConflict: 'fail' | 'wait' | 'coalesce' | null
  readonly waitMs: number | bigint | null
  readonly capacity: number | null
  readonly perMs: number | bigint | null
}

/** A resource that is linked already keeps its place and gets the new wish. */
export function upsertLinks(sql: AnySql, rows: readonly { taskId: string; link: Link }[]) {
  const of = (pick: (link: Link) => string | number | undefined) => rows.map(({ link }) => pick(link) ?? null)
  return sql`
    -- upsertLinks
    insert into link (task_id, resource_type, resource_id, operation, mode, on_conflict, wait_ms, capacity, per_ms)
    select * from unnest(
      ${plain(rows.map((r) => r.taskId))}::uuid[], ${texts(rows.map((r) => r.link.type))}::text[],
      ${texts(rows.map((r) => r.link.id))}::text[], ${texts(rows.map((r) => r.link.operation))}::text[],
      ${plain(of((l) => l.mode))}::text[], ${plain(of((l) => l.onConflict))}::text[],
      ${plain(of((l) => l.waitMs))}::bigint[], ${plain(of((l) => l.capacity))}::int[], ${plain(of((l) => l.perMs))}::bigint[]
    )
    on conflict (task_id, resource_type, resource_id, operation) do update
    set mode = excluded.mode, on_conflict = excluded.on_conflict, wait_ms = excluded.wait_ms,
      capacity = excluded.capacity, per_ms = excluded.per_ms`
}

export function deleteLinks(sql: AnySql, rows: readonly { taskId: string; link: Link }[]) {
  return sql`
    -- deleteLinks
    delete from link
    using unnest(
      ${plain(rows.map((r) => r.taskId))}::uuid[], ${texts(rows.map((r) => r.link.type))}::text[],
      ${texts(rows.map((r) => r.link.id))}::text[], ${texts(rows.map((r) => r.link.operation))}::text[]
    ) as u (task_id, resource_type, resource_id, operation)
    where link.task_id = u.task_id and link.resource_type = u.resource_type and link.resource_id = u.resource_id
      and link.operation = u.operation`
}

export function findLinks(sql: AnySql, taskIds: readonly string[]): Promise<LinkRow[]> {
  return sql<LinkRow[]>`
    -- findLinks
    select task_id, resource_type, resource_id, operation, mode, on_conflict, wait_ms, capacity, per_ms
    from link
    where task_id = any(${plain(taskIds)}::uuid[])
    order by task_id, resource_type, resource_id, operation`
}

export function linkOfRow(row: LinkRow): Link {
  return {
    type: row.resourceType,
    id: row.resourceId,
    operation: row.operation,
    mode: row.mode ?? undefined,
    onConflict: row.onConflict ?? undefined,
    waitMs: row.waitMs === null ? undefined : Number(row.waitMs),
    capacity: row.capacity ?? undefined,
    perMs: row.perMs === null ? undefined : Number(row.perMs),
  }
}
