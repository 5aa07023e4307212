import { announce, packIds } from '../postgres/announce.ts'
import type { AnySql, Sql } from '../postgres/connect.ts'
import { channels } from '../postgres/listen.ts'
import { updateCapacities } from './store/hold-read.ts'
import { insertSignals } from './store/signal.ts'

/**
 * Who waits for a limit is told its new capacity, and the first in each queue asks again: what became wider is used at once.
 * Harmless when nothing changed, so every process may call it.
 */
export async function tellNewLimits(
  sql: Sql,
  wake: (sql: AnySql, taskIds: readonly string[]) => Promise<void>,
  limits: ReadonlyMap<string, number>,
): Promise<void> {
  if (limits.size === 0) return
  await sql.begin(async (tx) => {
    const first = await updateCapacities(tx, [...limits])
    if (first.length === 0) return
    await insertSignals(
      tx,
      first.map(({ taskId, stepNo }) => {
        return { taskId, kind: 'lock' as const, actor: 'engine', ...(stepNo >= 0 && { stepNo }) }
      }),
    )
    const ids = [...new Set(first.map((row) => row.taskId))]
    await wake(tx, ids)
    await announce(tx, channels.signals, packIds(ids))
  })
}
