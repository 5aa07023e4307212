import type { AnySql } from '../../../postgres/connect.ts'
import type { Actor } from '../../access/model.ts'
import { visibleTasks } from '../../access/visible.ts'
import type { TaskFilter } from '../filter.ts'
import { otherConditions } from './lists.ts'

export interface DeletablePart {
  /** Only these. */
  readonly ids?: readonly string[] | undefined
  readonly endedBefore?: Date | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/** Tasks that are over and part of no other, as the filter lets them through, the oldest first, beyond `after`. */
export function deletableTasks(
  sql: AnySql,
  actor: Actor,
  filter: TaskFilter,
  { ids, endedBefore, after, limit }: DeletablePart,
): Promise<{ id: string }[]> {
  return sql<{ id: string }[]>`
    /* deletableTasks */
    select task.id
    from task
    where task.state = 'stopped' and task.parent_id is null and task.about_task_id is null
      ${ids ? sql`and task.id = any(${[...ids]}::uuid[])` : sql``}
      ${filter.results ? sql`and task.result = any(${[...filter.results]}::text[])` : sql``}
      ${endedBefore ? sql`and task.ended_at < ${endedBefore}` : sql``}
      ${after ? sql`and task.id > ${after}` : sql``}
      and ${visibleTasks(sql, actor)} ${otherConditions(sql, filter, actor)}
    order by task.id
    limit ${limit}`
}
