import { Problem } from '../base/problem.ts'
import type { AnySql } from '../postgres/connect.ts'
import type { CreatedTask } from './conflict.ts'
import type { NewTask } from './start.ts'
import { findTaskByKey, findTasks } from './store/task.ts'

/** The task that was created with the same idempotency key by the same owner. Problem `idempotency-mismatch` for another label. */
export async function findByKey(
  sql: AnySql,
  { idempotencyKey, owner, label, template }: NewTask,
): Promise<CreatedTask | undefined> {
  if (idempotencyKey === undefined) return undefined
  const row = await findTaskByKey(sql, owner.name, idempotencyKey)
  if (!row) return undefined
  if (row.label !== (label ?? template.name)) {
    throw new Problem(
      'idempotency-mismatch',
      `This idempotency key was used for a task of ${row.label}; use another key.`,
      {
        details: { taskId: row.id },
      },
    )
  }
  return { id: row.id, isNew: false }
}

/** Problem `not-found` for a task that is to be waited for and does not exist. */
export async function checkDependencies(sql: AnySql, ids: readonly string[]): Promise<void> {
  const found = new Set((await findTasks(sql, ids)).map((row) => row.id))
  const missing = ids.find((id) => !found.has(id))
  if (missing) {
    throw new Problem('not-found', `The task ${missing}, which this one shall wait for, does not exist.`, {
      details: { type: 'Task', id: missing },
    })
  }
}
