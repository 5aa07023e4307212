import type { AnySql } from '../../postgres/connect.ts'
import type { NewStep, StepPatch } from '../change.ts'
import { instants, plain, texts } from './arrays.ts'

export interface StepRow {
  readonly taskId: string
  readonly no: number
  readonly name: string
  readonly parentNo: number | null
  readonly itemIndex: number | null
  readonly state: string
  readonly tryCount: number
  readonly attemptNo: number
  readonly groupNo: number
  readonly executorId: string | null
  readonly processGroup: number | null
  readonly processStartedAt: string | null
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  readonly dueAt: Date | null
  readonly errorSummary: string | null
}

const columns = (sql: AnySql) => sql`
  task_id, no, name, parent_no, item_index, state, try_count, attempt_no, group_no, executor_id,
  process_group, process_started_at, started_at, ended_at, due_at, error_summary`

export function insertSteps(
  sql: AnySql,
  rows: readonly { taskId: string; step: NewStep }[],
  executorId: string,
) {
  return sql`
    -- insertSteps
    insert into step (
      task_id, no, name, parent_no, item_index, state, try_count, attempt_no, group_no, executor_id, started_at,
      ended_at, error_summary
    )
    select
      task_id, no, name, parent_no, item_index, state, tries, tries, group_no, case when tries > 0 then ${executorId}::uuid end,
      to_timestamp(started_at / 1000), to_timestamp(ended_at / 1000), error_summary
    from unnest(
      ${plain(rows.map((r) => r.taskId))}::uuid[], ${plain(rows.map((r) => r.step.no))}::int[], ${texts(rows.map((r) => r.step.name))}::text[],
      ${plain(rows.map((r) => r.step.parentNo ?? null))}::int[], ${plain(rows.map((r) => r.step.itemIndex ?? null))}::int[],
      ${texts(rows.map((r) => r.step.patch?.state ?? r.step.state))}::text[],
      ${plain(rows.map((r) => r.step.patch?.tryCount ?? 0))}::int[], ${plain(rows.map((r) => r.step.patch?.groupNo ?? 0))}::int[],
      ${instants(rows.map((r) => r.step.patch?.startedAt ?? null))}::float8[],
      ${instants(rows.map((r) => r.step.patch?.endedAt ?? null))}::float8[],
      ${texts(rows.map((r) => r.step.patch?.errorSummary ?? null))}::text[]
    ) as u (task_id, no, name, parent_no, item_index, state, tries, group_no, started_at, ended_at, error_summary)`
}

/** Rows of tasks whose locks the transaction holds; one statement for all step changes of a flush. */
export function updateSteps(
  sql: AnySql,
  rows: readonly { taskId: string; patch: StepPatch }[],
  executorId: string,
) {
  return sql`
    -- updateSteps
    update step
    set
      state = u.state,
      try_count = u.try_count,
      attempt_no = u.attempt_no,
      group_no = u.group_no,
      executor_id = ${executorId}::uuid,
      process_group = u.process_group,
      process_started_at = u.process_started_at,
      started_at = to_timestamp(u.started_at / 1000),
      ended_at = to_timestamp(u.ended_at / 1000),
      due_at = to_timestamp(u.due_at / 1000),
      error_summary = u.error_summary
    from unnest(
      ${plain(rows.map((r) => r.taskId))}::uuid[], ${plain(rows.map((r) => r.patch.no))}::int[],
      ${texts(rows.map((r) => r.patch.state))}::text[], ${plain(rows.map((r) => r.patch.tryCount))}::int[],
      ${plain(rows.map((r) => r.patch.attemptNo))}::int[], ${plain(rows.map((r) => r.patch.groupNo))}::int[],
      ${plain(rows.map((r) => r.patch.processGroup ?? null))}::int[],
      ${texts(rows.map((r) => r.patch.processStartedAt ?? null))}::text[],
      ${instants(rows.map((r) => r.patch.startedAt ?? null))}::float8[],
      ${instants(rows.map((r) => r.patch.endedAt ?? null))}::float8[], ${instants(rows.map((r) => r.patch.dueAt ?? null))}::float8[],
      ${texts(rows.map((r) => r.patch.errorSummary ?? null))}::text[]
    ) as u (
      task_id, no, state, try_count, attempt_no, group_no, process_group, process_started_at, started_at, ended_at, due_at,
      error_summary
    )
    where step.task_id = u.task_id and step.no = u.no`
}

/** All steps of these tasks, by task and number. */
export function findSteps(sql: AnySql, taskIds: readonly string[]): Promise<StepRow[]> {
  return sql<StepRow[]>`
    -- findSteps
    select ${columns(sql)} from step where task_id = any(${plain(taskIds)}::uuid[]) order by task_id, no`
}

/** Child processes that running steps recorded on this machine since its boot; what other machines left is theirs to end. */
export function findProcessesHere(sql: AnySql, taskIds: readonly string[], bootId: string) {
  return sql<{ taskId: string; name: string; processGroup: number; processStartedAt: string }[]>`
    -- findProcessesHere
    select step.task_id, step.name, step.process_group, step.process_started_at
    from step
    join executor on executor.id = step.executor_id
    where step.task_id = any(${plain(taskIds)}::uuid[]) and step.state = 'RUNNING'
      and step.process_group is not null and step.process_started_at is not null
      and executor.boot_id = ${bootId} and ${bootId} <> ''`
}
