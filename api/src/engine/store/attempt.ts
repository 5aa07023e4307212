import type { AnySql } from '../../postgres/connect.ts'
import type { AttemptRow } from '../change.ts'
import { bytes, instants, plain, texts } from './arrays.ts'

export interface StoredAttempt {
  readonly taskId: string
  readonly stepNo: number
  readonly no: number
  readonly tryNo: number
  readonly state: string
  readonly executorId: string | null
  readonly startedAt: Date
  readonly endedAt: Date
  readonly output: Buffer | null
  readonly error: Buffer | null
  readonly errorSummary: string | null
}

/** The primary key refuses a second outcome of the same attempt. */
export function insertAttempts(
  sql: AnySql,
  rows: readonly { taskId: string; attempt: AttemptRow }[],
  executorId: string,
) {
  return sql`
    -- insertAttempts
    insert into attempt (
      task_id, step_no, no, try_no, state, executor_id, started_at, ended_at, output, error, error_summary,
      error_fingerprint
    )
    select task_id, step_no, no, try_no, state, coalesce(u.executor_id, ${executorId}::uuid), to_timestamp(started_at / 1000),
      to_timestamp(ended_at / 1000), output, error, summary, fingerprint
    from unnest(
      ${plain(rows.map((r) => r.taskId))}::uuid[], ${plain(rows.map((r) => r.attempt.stepNo))}::int[],
      ${plain(rows.map((r) => r.attempt.no))}::int[], ${plain(rows.map((r) => r.attempt.tryNo))}::int[],
      ${texts(rows.map((r) => r.attempt.state))}::text[], ${instants(rows.map((r) => r.attempt.startedAt))}::float8[],
      ${instants(rows.map((r) => r.attempt.endedAt))}::float8[], ${bytes(rows.map((r) => r.attempt.output ?? null))}::bytea[],
      ${bytes(rows.map((r) => r.attempt.error ?? null))}::bytea[], ${texts(rows.map((r) => r.attempt.errorSummary ?? null))}::text[],
      ${texts(rows.map((r) => r.attempt.errorFingerprint ?? null))}::text[],
      ${plain(rows.map((r) => r.attempt.executorId ?? null))}::uuid[]
    ) as u (task_id, step_no, no, try_no, state, started_at, ended_at, output, error, summary, fingerprint, executor_id)`
}

const columns = (sql: AnySql) => sql`
  attempt.task_id, attempt.step_no, attempt.no, attempt.try_no, attempt.state, attempt.executor_id, attempt.started_at,
  attempt.ended_at, attempt.output, attempt.error, attempt.error_summary`

/** The newest recorded attempt of each named step; steps without one are absent. */
export function findLastAttempts(sql: AnySql, keys: readonly { taskId: string; stepNo: number }[]) {
  return sql<StoredAttempt[]>`
    -- findLastAttempts
    select ${columns(sql)}
    from unnest(${plain(keys.map((k) => k.taskId))}::uuid[], ${plain(keys.map((k) => k.stepNo))}::int[]) as u (task_id, step_no)
    cross join lateral (
      select * from attempt
      where attempt.task_id = u.task_id and attempt.step_no = u.step_no
      order by no desc
      limit 1
    ) as attempt`
}

/** Every recorded attempt of the named steps, newest first within a step. */
export function findAttempts(sql: AnySql, keys: readonly { taskId: string; stepNo: number }[]) {
  return sql<StoredAttempt[]>`
    -- findAttempts
    select ${columns(sql)}
    from attempt
    join unnest(${plain(keys.map((k) => k.taskId))}::uuid[], ${plain(keys.map((k) => k.stepNo))}::int[]) as u (task_id, step_no)
      on attempt.task_id = u.task_id and attempt.step_no = u.step_no
    order by attempt.task_id, attempt.step_no, attempt.no desc`
}
