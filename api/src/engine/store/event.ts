import type { AnySql } from '../../postgres/connect.ts'
import type { EventDraft } from '../change.ts'
import { instants, jsonTexts } from './arrays.ts'

/** Events numbered by whoever holds the lock of their task row: gap-free and in commit order. */
export function insertEvents(
  sql: AnySql,
  rows: readonly { taskId: string; seq: number; event: EventDraft }[],
) {
  return sql`
    -- insertEvents
    insert into event (task_id, seq, at, kind, name, step_no, actor, data)
    select task_id, seq, at, kind, name, step_no, actor, data::jsonb
    from unnest(
      ${rows.map((r) => r.taskId)}::uuid[], ${rows.map((r) => r.seq)}::int[], ${instants(rows.map((r) => r.event.at))}::timestamptz[],
      ${rows.map((r) => r.event.kind)}::text[], ${rows.map((r) => r.event.name)}::text[],
      ${rows.map((r) => r.event.stepNo ?? null)}::int[], ${rows.map((r) => r.event.actor ?? null)}::text[],
      ${jsonTexts(rows.map((r) => r.event.data))}::text[]
    ) as u (task_id, seq, at, kind, name, step_no, actor, data)`
}
