import type { TaskKind, TaskState } from '@stint/schema/words'
import type { AnySql } from '../../postgres/connect.ts'
import { plain, texts } from './arrays.ts'

/** Claimable tasks of these labels that nobody holds, oldest first; a hundred at the most. */
export function findUnclaimedOf(sql: AnySql, labels: readonly string[]) {
  return sql<{ id: string }[]>`
    -- findUnclaimedOf
    select id
    from task
    where executor_id is null and kind = 'run' and label = any(${texts(labels)}::text[])
      and (state = 'pending' and reason = 'queued' or state = 'running' and reason is null)
    order by id
    limit 100`
}

/**
 * Of these tasks, those that no executor holds, locked: none can claim them before this transaction ends. Rows that somebody has
 * locked are left out, or with `waits` waited for; then ask for one at a time, or two who wait could wait for each other.
 */
export function lockUnowned(tx: AnySql, ids: readonly string[], waits: boolean) {
  return tx<{ id: string; kind: TaskKind; state: TaskState }[]>`
    -- lockUnowned
    select id, kind, state
    from task
    where id = any(${plain(ids)}::uuid[]) and executor_id is null
    order by id
    for no key update ${waits ? tx`` : tx`skip locked`}`
}

/** Whatever was begun for these tasks under the epoch until now is refused. */
export function advanceEpochs(tx: AnySql, ids: readonly string[]) {
  return tx`
    -- advanceEpochs
    update task set epoch = epoch + 1 where id = any(${plain(ids)}::uuid[])`
}
