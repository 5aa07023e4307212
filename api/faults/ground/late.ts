import type { Sql } from '../../src/postgres/connect.ts'

/**
 * Attempts whose outcome an executor wrote after it was over: what was fenced off must not have come through. That an attempt was
 * lost with its executor is written down by another one, later.
 */
export async function lateWrites(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from attempt
    join executor on executor.id = attempt.executor_id
    where executor.state = 'dead' and attempt.ended_at > executor.stopped_at
      and not (
        attempt.state in ('CRASHED', 'CANCELLED')
        and attempt.error_summary ~ 'executors? died|its executor was fenced off|lost with its executor'
      )`
  return row?.count ?? 0
}
