import type postgres from 'postgres'
import type { AnySql } from '../../../postgres/connect.ts'
import type { AttemptRow, StepRow } from '../model.ts'

type Fragment = postgres.Fragment

/*
 * Steps and attempts carry no rights of their own: whoever may see the task may see them, so callers pass ids of tasks
 * that they got through lists.ts. Every statement names task ids, which is what prunes the monthly partitions.
 */

function stepColumns(sql: AnySql): Fragment {
  return sql`
    step.task_id, step.no, step.name, step.parent_no, step.item_index, step.state, step.try_count, step.attempt_no,
    step.started_at, step.ended_at, step.due_at, step.error_summary
  `
}

export interface StepPage {
  /** The step number after which the page begins. */
  readonly from?: number
  readonly size: number
  readonly states?: readonly string[] | null
  /** A number: the items of that loop. `null`: only the steps that the template names. Absent: both. */
  readonly parentNo?: number | null
}

function chosen(sql: AnySql, page: StepPage): Fragment {
  const { from, states, parentNo } = page
  return sql`
    ${from === undefined ? sql`` : sql`and step.no > ${from}`}
    ${states ? sql`and step.state = any(${[...states]}::text[])` : sql``}
    ${parentNo === undefined ? sql`` : parentNo === null ? sql`and step.parent_no is null` : sql`and step.parent_no = ${parentNo}`}
  `
}

/** For each task its steps by number, at most `size` + 1. */
export async function stepsOfTasks(
  sql: AnySql,
  taskIds: readonly string[],
  page: StepPage,
): Promise<StepRow[]> {
  return sql<StepRow[]>`
    /* stepsOfTasks */
    select ${stepColumns(sql)}
    from unnest(${[...taskIds]}::uuid[]) as wanted (id)
    cross join lateral (
      select step.*
      from step
      where step.task_id = wanted.id ${chosen(sql, page)}
      order by step.no
      limit ${page.size + 1}
    ) as step
    order by step.task_id, step.no
  `
}

export interface StepKey {
  readonly taskId: string
  readonly stepNo: number
}

export async function stepsByKeys(sql: AnySql, keys: readonly StepKey[]): Promise<StepRow[]> {
  return sql<StepRow[]>`
    /* stepsByKeys */
    select ${stepColumns(sql)}
    from unnest(${keys.map((key) => key.taskId)}::uuid[], ${keys.map((key) => key.stepNo)}::int[]) as wanted (id, no)
    join step on step.task_id = wanted.id and step.no = wanted.no
  `
}

export interface StepStateRow {
  readonly taskId: string
  readonly state: string
  readonly count: number
}

/** A step that failed and is tried again by itself counts as TO_RETRY: it is no failure of the task yet. */
const shownState = (sql: AnySql): Fragment => sql`
  case when due_at is not null and state in ('SERVER_ERROR', 'AFTERRUN_ERROR') then 'TO_RETRY' else state end as state
`

export async function stepStatesOfTasks(sql: AnySql, taskIds: readonly string[]): Promise<StepStateRow[]> {
  return sql<StepStateRow[]>`
    /* stepStatesOfTasks */
    select task_id, state, count(*)::int as count
    from (
      select task_id, ${shownState(sql)}
      from step
      where task_id = any(${[...taskIds]}::uuid[])
    ) as step
    group by task_id, state
    order by task_id, state
  `
}

export interface ItemStateRow extends StepStateRow {
  readonly parentNo: number
}

/** For each loop of the tasks how many of its items are in which state. */
export async function itemStatesOfTasks(sql: AnySql, taskIds: readonly string[]): Promise<ItemStateRow[]> {
  return sql<ItemStateRow[]>`
    /* itemStatesOfTasks */
    select task_id, parent_no, state, count(*)::int as count
    from (
      select task_id, parent_no, ${shownState(sql)}
      from step
      where task_id = any(${[...taskIds]}::uuid[]) and parent_no is not null
    ) as step
    group by task_id, parent_no, state
    order by task_id, parent_no, state
  `
}

/** The recorded tries of many steps, newest first; of each step at most `size`. */
export async function attemptsOfSteps(
  sql: AnySql,
  keys: readonly StepKey[],
  size: number,
): Promise<AttemptRow[]> {
  return sql<AttemptRow[]>`
    /* attemptsOfSteps */
    select attempt.*
    from unnest(${keys.map((key) => key.taskId)}::uuid[], ${keys.map((key) => key.stepNo)}::int[]) as wanted (id, no)
    cross join lateral (
      select task_id, step_no, no, try_no, state, executor_id, started_at, ended_at, error_summary
      from attempt
      where attempt.task_id = wanted.id and attempt.step_no = wanted.no
      order by attempt.no desc
      limit ${size}
    ) as attempt
    order by attempt.task_id, attempt.step_no, attempt.no desc
  `
}
