import type { TaskResult, TaskState } from '@stint/schema/words'
import type { AnySql } from '../../../postgres/connect.ts'
import type { Actor } from '../../access/model.ts'
import { visibleTasks } from '../../access/visible.ts'
import type { TaskRow } from '../model.ts'
import { taskColumns } from './lists.ts'
import type { StepKey } from './steps.ts'

export interface ChildCountRow {
  readonly taskId: string
  readonly state: TaskState
  readonly result: TaskResult
  readonly count: number
  readonly latestAt: Date | null
}

/** For many tasks how many of their children, as far as the actor may see them, have which state and result. */
export async function childCountsOfTasks(
  sql: AnySql,
  actor: Actor,
  ids: readonly string[],
): Promise<ChildCountRow[]> {
  return sql<ChildCountRow[]>`
    /* childCountsOfTasks */
    select task.parent_id as task_id, task.state, task.result, count(*)::int as count,
      max(coalesce(task.started_at, task.created_at)) as latest_at
    from task
    where task.parent_id = any(${[...ids]}::uuid[]) and ${visibleTasks(sql, actor)}
    group by 1, 2, 3
    order by 1, 2, 3
  `
}

/** Children of many steps at once, as far as the actor may see them: of each step the newest `size`, newest first. */
export async function childrenOfSteps(
  sql: AnySql,
  actor: Actor,
  keys: readonly StepKey[],
  size: number,
): Promise<TaskRow[]> {
  return sql<TaskRow[]>`
    /* childrenOfSteps */
    select ${taskColumns(sql)}
    from unnest(${keys.map((key) => key.taskId)}::uuid[], ${keys.map((key) => key.stepNo)}::int[]) as wanted (id, no)
    cross join lateral (
      select task.*
      from task
      where task.parent_id = wanted.id and task.parent_step_no = wanted.no and ${visibleTasks(sql, actor)}
      order by task.id desc
      limit ${size}
    ) as task
    order by task.id desc
  `
}
