import type { AnySql } from '../../postgres/connect.ts'
import { bytes, plain } from './arrays.ts'

export interface ReportRow {
  readonly taskId: string
  readonly tokenHash: Buffer
  readonly lastClientSeq: number
  readonly timeoutSeconds: number
  /** It has said nothing for longer than that. */
  readonly isSilent: boolean
}

export function insertReports(
  sql: AnySql,
  rows: readonly { taskId: string; tokenHash: Buffer; timeoutSeconds: number }[],
) {
  return sql`
    -- insertReports
    insert into report (task_id, token_hash, timeout_seconds, reported_at)
    select u.*, now()
    from unnest(
      ${plain(rows.map((r) => r.taskId))}::uuid[], ${bytes(rows.map((r) => r.tokenHash))}::bytea[], ${plain(rows.map((r) => r.timeoutSeconds))}::int[]
    ) as u`
}

export async function findReport(sql: AnySql, taskId: string): Promise<ReportRow | undefined> {
  const [row] = await sql<ReportRow[]>`
    -- findReport
    select
      task_id, token_hash, last_client_seq, timeout_seconds,
      -- The timer was set a moment before the report was written.
      reported_at + make_interval(secs => timeout_seconds) <= now() + interval '500 ms' as is_silent
    from report
    where task_id = ${taskId}`
  return row
}

/** What was last accepted of these reporters; under the locks of their task rows. */
export function findLastReports(sql: AnySql, taskIds: readonly string[]) {
  return sql<{ taskId: string; lastClientSeq: number }[]>`
    -- findLastReports
    select task_id, last_client_seq from report where task_id = any(${plain(taskIds)}::uuid[])`
}

export function updateReports(sql: AnySql, rows: readonly { taskId: string; clientSeq: number }[]) {
  return sql`
    -- updateReports
    update report set last_client_seq = u.client_seq, reported_at = now()
    from unnest(${plain(rows.map((r) => r.taskId))}::uuid[], ${plain(rows.map((r) => r.clientSeq))}::bigint[]) as u (task_id, client_seq)
    where report.task_id = u.task_id`
}
