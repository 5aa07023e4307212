import type { TaskResult, TaskState } from '@stint/schema/words'
import type { AnySql } from '../../postgres/connect.ts'
import { plain } from './arrays.ts'

export function insertDependencies(sql: AnySql, pairs: readonly { taskId: string; dependsOnId: string }[]) {
  return sql`
    -- insertDependencies
    insert into task_dependency (task_id, depends_on_id)
    select * from unnest(${plain(pairs.map((p) => p.taskId))}::uuid[], ${plain(pairs.map((p) => p.dependsOnId))}::uuid[])
    on conflict do nothing`
}

export interface DependencyRow {
  /** The task that waits. */
  readonly taskId: string
  readonly id: string
  readonly state: TaskState
  readonly result: TaskResult
  readonly title: string
}

/** What many tasks wait for, whether it has stopped or not. */
export function findDependenciesOf(sql: AnySql, taskIds: readonly string[]) {
  return sql<DependencyRow[]>`
    -- findDependenciesOf
    select task_dependency.task_id, task.id, task.state, task.result, task.title
    from task_dependency
    join task on task.id = task_dependency.depends_on_id
    where task_dependency.task_id = any(${taskIds as string[]}::uuid[])
    order by task_dependency.task_id, task.id`
}

export function findDependencies(sql: AnySql, taskId: string) {
  return sql<{ id: string; state: TaskState; result: TaskResult; title: string }[]>`
    -- findDependencies
    select task.id, task.state, task.result, task.title
    from task_dependency
    join task on task.id = task_dependency.depends_on_id
    where task_dependency.task_id = ${taskId}
    order by task.id`
}
