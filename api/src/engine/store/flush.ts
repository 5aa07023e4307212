import type { AnySql } from '../../postgres/connect.ts'

/**
 * Opens a flush in the transaction that writes it: proves that the executor lives, keeps others from declaring it dead until
 * the commit, and leaves the flush's number. No row: it is dead, or a flush of this number was committed; while one is under way,
 * the unique number waits for its end. The weakest of row locks: heartbeats go on beside a flush that takes its time.
 */
export function openFlush(sql: AnySql, executorId: string, no: number) {
  return sql<{ now: Date }[]>`
    -- openFlush
    with living as (
      select id from executor where id = ${executorId} and state in ('alive', 'draining') for key share
    )
    insert into flush (executor_id, no)
    select id, ${no} from living
    on conflict do nothing
    returning clock_timestamp() as now`
}

export async function isFlushCommitted(sql: AnySql, executorId: string, no: number): Promise<boolean> {
  const rows = await sql`
    -- isFlushCommitted
    select 1 from flush where executor_id = ${executorId} and no = ${no}`
  return rows.length === 1
}

/**
 * Forgets the flushes from number `from` to before `to`. Both ends matter: under a snapshot that is held long, a search from the
 * beginning would walk through all that were deleted before.
 */
export function deleteFlushes(sql: AnySql, executorId: string, from: number, to: number) {
  return sql`
    -- deleteFlushes
    delete from flush where executor_id = ${executorId} and no >= ${from} and no < ${to}`
}

/** Forgets the flushes of an executor that is over. */
export function deleteFlushesOf(sql: AnySql, executorId: string) {
  return sql`
    -- deleteFlushesOf
    delete from flush where executor_id = ${executorId}`
}

/** What executors left that died between their takeover's two halves, or under a leader that knew nothing of it. */
export function deleteFlushesOfEnded(sql: AnySql) {
  return sql`
    -- deleteFlushesOfEnded
    delete from flush using executor where executor.id = flush.executor_id and executor.state in ('stopped', 'dead')`
}
