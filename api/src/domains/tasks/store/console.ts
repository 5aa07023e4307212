import type { AnySql } from '../../../postgres/connect.ts'

/** Rows as they stand, by the names of their columns. */
export type Row = Readonly<Record<string, unknown>>

/** More rows than these of one kind are not shown. */
const rowsMax = 1000

/**
 * The rows of the engine about one task. Sealed columns are left out, whatever they hold: what they say is read through the
 * engine, by those who may. Names of columns stay as the database has them.
 */
export async function consoleRows(sql: AnySql, taskId: string, executorId: string | null) {
  const rows = (found: readonly { row: Row }[]) => found.map(({ row }) => row)
  const [task, steps, signals, timers, holds, waits, executor] = await Promise.all([
    sql<{ row: Row }[]>`
      /* consoleTask */
      select to_jsonb(task) as row from task where id = ${taskId}`,
    sql<{ row: Row }[]>`
      /* consoleSteps */
      select to_jsonb(step) - 'task_id' as row from step where task_id = ${taskId} order by no limit ${rowsMax}`,
    sql<{ row: Row }[]>`
      /* consoleSignals */
      select to_jsonb(signal) - 'task_id' - 'payload' || jsonb_build_object('has_payload', payload is not null) as row
      from signal where task_id = ${taskId} order by id limit ${rowsMax}`,
    sql<{ row: Row }[]>`
      /* consoleTimers */
      select to_jsonb(timer) - 'task_id' as row from timer where task_id = ${taskId} order by due_at limit ${rowsMax}`,
    sql<{ row: Row }[]>`
      /* consoleHolds */
      select to_jsonb(hold) - 'task_id' as row from hold where task_id = ${taskId} order by id limit ${rowsMax}`,
    sql<{ row: Row }[]>`
      /* consoleWaits */
      select to_jsonb(wait) - 'task_id' as row from wait where task_id = ${taskId} order by seq limit ${rowsMax}`,
    sql<{ row: Row }[]>`
      /* consoleExecutor */
      select to_jsonb(executor) - 'key_ids' as row from executor where id = ${executorId}`,
  ])
  return {
    task: task[0]?.row ?? {},
    steps: rows(steps),
    signals: rows(signals),
    timers: rows(timers),
    holds: rows(holds),
    waits: rows(waits),
    executor: executor[0]?.row ?? null,
  }
}

/** Hints about a task that stand in the queue or are being followed. */
export async function consoleHints(sql: AnySql, taskId: string): Promise<Row[]> {
  const [queue] = await sql<{ isThere: boolean }[]>`
    /* hasQueue */
    select to_regclass('pgboss.job') is not null as is_there`
  if (!queue?.isThere) return []
  const found = await sql<{ row: Row }[]>`
    /* consoleHints */
    select jsonb_build_object(
      'id', id, 'queue', name, 'state', state, 'created_on', created_on, 'started_on', started_on, 'retry_count', retry_count,
      'tasks', jsonb_array_length(data -> 'ids')
    ) as row
    from pgboss.job
    where name like 'advance%' and state <= 'active' and data -> 'ids' ? ${taskId}
    order by created_on
    limit 100`
  return found.map(({ row }) => row)
}
