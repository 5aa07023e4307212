import { Problem } from '../base/problem.ts'
import type { AnySql } from '../postgres/connect.ts'
import type { Birth } from './change.ts'
import type { TakeAnswer } from './lock.ts'
import { findTasks } from './store/task.ts'

export interface CreatedTask {
  readonly id: string
  /** False when the same idempotency key was used before: this is that task. */
  readonly isNew: boolean
  /** It runs already and does the same: it holds what the new one asked for with `coalesce`. */
  readonly isCoalesced?: true
}

/** A task that waits for its locks is born all the same. */
export function isBorn({ status }: TakeAnswer): boolean {
  return status === 'granted' || status === 'waiting'
}

/**
 * What becomes of a request whose task did not get its locks and does not want to wait for them: the task that does the same
 * already, or a Problem `lock-conflict` that names the holder.
 */
export async function settleConflict(
  sql: AnySql,
  birth: Birth,
  { status, resource, blocker }: TakeAnswer,
): Promise<CreatedTask> {
  const [holder] = blocker ? await findTasks(sql, [blocker]) : []
  if (status === 'coalesce' && holder?.label === birth.label) {
    return { id: holder.id, isNew: false, isCoalesced: true }
  }
  if (status === 'unknown') {
    throw new Problem('database-unavailable', 'The answer of the database was lost; send the request again.')
  }
  const since = (holder?.startedAt ?? holder?.createdAt)?.toISOString()
  const state = holder ? ` (${holder.state} since ${since})` : ''
  throw new Problem(
    'lock-conflict',
    `${resource} is held by task ${blocker}${state}. Wait until that has stopped, cancel it, or let this one wait (on_conflict: wait).`,
    { details: { resource, taskId: blocker } },
  )
}
