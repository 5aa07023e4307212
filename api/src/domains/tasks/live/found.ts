import type { AnySql } from '../../../postgres/connect.ts'
import { systemActor } from '../../access/model.ts'
import type { DeletedTask, TaskRow } from '../model.ts'
import { deletedByIds } from '../store/deleted.ts'
import { tasksByIds } from '../store/lists.ts'

/** What became of tasks that something was heard of. */
export interface Found {
  readonly rows: readonly TaskRow[]
  readonly deleted: readonly DeletedTask[]
}

/** Rows read by one statement. */
const chunkMax = 1_000

/** Tasks as they are now; those that are gone are only asked for when some are. */
export async function findAsTheyAre(sql: AnySql, ids: readonly string[]): Promise<Found> {
  const rows: TaskRow[] = []
  const deleted: DeletedTask[] = []
  for (let from = 0; from < ids.length; from += chunkMax) {
    const chunk = ids.slice(from, from + chunkMax)
    const there = await tasksByIds(sql, systemActor, chunk)
    rows.push(...there)
    if (there.length === chunk.length) continue
    const known = new Set(there.map(({ id }) => id))
    deleted.push(
      ...(await deletedByIds(
        sql,
        chunk.filter((id) => !known.has(id)),
      )),
    )
  }
  return { rows, deleted }
}
