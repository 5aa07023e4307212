import type { AnySql } from '../../postgres/connect.ts'

export interface ReportRow {
  readonly taskId: string
  readonly tokenHash: Buffer
  readonly lastClientSeq: number
  readonly timeoutSeconds: number
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
      ${rows.map((r) => r.taskId)}::uuid[], ${rows.map((r) => r.tokenHash)}::bytea[], ${rows.map((r) => r.timeoutSeconds)}::int[]
    ) as u`
}

export async function findReport(sql: AnySql, taskId: string): Promise<ReportRow | undefined> {
  const [row] = await sql<ReportRow[]>`
    -- findReport
    select task_id, token_hash, last_client_seq, timeout_seconds from report where task_id = ${taskId}`
  return row
}

/** Accepts a client sequence once: false for a repeat, which is then ignored. Under the task's row lock. */
export async function acceptReport(sql: AnySql, taskId: string, clientSeq: number): Promise<boolean> {
  const rows = await sql`
    -- acceptReport
    update report set last_client_seq = ${clientSeq}, reported_at = now()
    where task_id = ${taskId} and last_client_seq < ${clientSeq}
    returning task_id`
  return rows.length === 1
}
