import type { AnySql } from '../../postgres/connect.ts'
import type { EventDraft } from '../change.ts'
import { instants, jsonTexts, plain, texts } from './arrays.ts'

/** Events numbered by whoever holds the lock of their task row: gap-free and in commit order. */
export function insertEvents(
  sql: AnySql,
  rows: readonly { taskId: string; seq: number; event: EventDraft }[],
) {
  return sql`
    -- insertEvents
    insert into event (task_id, seq, at, kind, name, step_no, actor, data)
    select task_id, seq, to_timestamp(at / 1000), kind, name, step_no, actor, data::jsonb
    from unnest(
      ${plain(rows.map((r) => r.taskId))}::uuid[], ${plain(rows.map((r) => r.seq))}::int[], ${instants(rows.map((r) => r.event.at))}::float8[],
      ${texts(rows.map((r) => r.event.kind))}::text[], ${texts(rows.map((r) => r.event.name))}::text[],
      ${plain(rows.map((r) => r.event.stepNo ?? null))}::int[], ${texts(rows.map((r) => r.event.actor ?? null))}::text[],
      ${jsonTexts(rows.map((r) => r.event.data))}::text[]
    ) as u (task_id, seq, at, kind, name, step_no, actor, data)`
}

/** Who accepted these tasks; tasks that nobody had to accept are absent. */
export function findResolvers(sql: AnySql, taskIds: readonly string[]) {
  return sql<{ taskId: string; actor: string }[]>`
    -- findResolvers
    select task_id, actor
    from event
    where task_id = any(${plain(taskIds)}::uuid[]) and kind = 'command' and name = 'resolve'`
}
