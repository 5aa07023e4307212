import type { Sql } from '../../src/postgres/connect.ts'

/** Attempts whose outcome an executor wrote after it was over: what was fenced off must not have come through. */
export async function lateWrites(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from attempt
    join executor on executor.id = attempt.executor_id
    where executor.state = 'dead' and attempt.ended_at > executor.stopped_at`
  return row?.count ?? 0
}
