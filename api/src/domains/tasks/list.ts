import type { App } from '../../base/app.ts'
import { isId } from '../../base/ids.ts'
import { Problem } from '../../base/problem.ts'
import type { Actor } from '../access/model.ts'
import type { TaskFilter } from './filter.ts'
import type { TaskRow } from './model.ts'
import { listTasks as findTasks } from './store/lists.ts'

export type TaskOrder = 'newer-first' | 'older-first'

export interface TaskListRequest {
  readonly order: TaskOrder
  readonly size: number
  /** Id of the task behind which (or, backwards, in front of which) the page stands. */
  readonly from?: string
  readonly backwards: boolean
}

const opposite = { 'newer-first': 'older-first', 'older-first': 'newer-first' } as const

/**
 * A page of the tasks that the actor may see, and one row more when there is more. Backward pages come in the opposite order.
 * Throws `invalid-cursor` for a place that is none.
 */
export async function listTasks(
  { sql }: App,
  actor: Actor | undefined,
  filter: TaskFilter,
  { order, size, from, backwards }: TaskListRequest,
): Promise<TaskRow[]> {
  if (actor === undefined) return []
  if (from !== undefined && !isId(from)) {
    throw new Problem(
      'invalid-cursor',
      'This place belongs to another list; begin again with the first page.',
    )
  }
  return findTasks(sql, actor, filter, { direction: backwards ? opposite[order] : order, from, size })
}
