import type { App } from '../../base/app.ts'
import { type Actor, canSeeTask } from '../access/model.ts'
import type { DeletedTask } from './model.ts'
import { deletedByIds } from './store/deleted.ts'

/** Undefined when it was not deleted lately, or was not visible to this person. */
export async function readDeleted(
  { sql }: App,
  actor: Actor | undefined,
  taskId: string,
): Promise<DeletedTask | undefined> {
  const [row] = await deletedByIds(sql, [taskId])
  return row && canSeeTask(actor, row) ? row : undefined
}
