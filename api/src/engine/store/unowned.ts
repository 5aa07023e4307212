import type { TaskKind, TaskState } from '@stint/schema/words'
import type { AnySql } from '../../postgres/connect.ts'
import { plain, texts } from './arrays.ts'
import { isServed } from './dispatch.ts'
import { isRevivable } from './task.ts'

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
 * Tasks that could be claimed and that nobody owns, oldest first: due ones, and those whose executor died while it ran them.
 * `olderThanSeconds` leaves out those whose hint is still on its way; those of a region without a queue cannot have one.
 */
export function findUnclaimed(sql: AnySql, olderThanSeconds: number, limit: number) {
  return sql<{ id: string; state: TaskState }[]>`
    -- findUnclaimed
    select id, state
    from task
    where executor_id is null and kind = 'run'
      and (state = 'pending' and reason = 'queued' or state = 'running' and reason is null)
      and state_updated_at <= now() - make_interval(secs => ${olderThanSeconds})
      and ${isServed(sql)}
    order by id
    limit ${limit}`
}

/**
 * Unowned live tasks that have signals older than this: their wake-up was lost, or nobody was there to be woken because no
 * executor was ever started in their region (`isServed` false).
 */
export function findUnheard(sql: AnySql, olderThanSeconds: number, limit: number) {
  return sql<{ id: string; isServed: boolean }[]>`
    -- findUnheard
    select distinct task.id, ${isServed(sql)} as is_served
    from signal
    join task on task.id = signal.task_id
    where task.executor_id is null and signal.created_at < now() - make_interval(secs => ${olderThanSeconds})
      -- A signal that raced with the end of its task stays unread.
      and (task.state <> 'stopped' or ${isRevivable(sql)} and signal.kind = 'resume')
    limit ${limit}`
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
