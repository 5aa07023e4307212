import type { AnySql } from '../postgres/connect.ts'
import { wholeTask } from './change.ts'
import type { BatchOutcome } from './flush-batch.ts'
import type { Batch } from './flush-plan.ts'
import type { TakeAnswer } from './lock.ts'
import { findTasks, ownersOfTasks } from './store/task.ts'

/** What a batch did whose commit landed and whose answer was lost, read back from the rows it wrote. */
export async function outcomeAfterTheFact(
  sql: AnySql,
  batch: Batch,
  executorId: string,
  now: Date,
): Promise<BatchOutcome> {
  const asking = batch.births.filter((birth) => birth.wants.length > 0)
  const ids = [...batch.changes.map((c) => c.taskId), ...batch.claims, ...asking.map((birth) => birth.id)]
  const owners = new Map((await ownersOfTasks(sql, ids)).map((row) => [row.id, row.executorId]))
  const released = batch.changes.filter((c) => owners.get(c.taskId) !== executorId).map((c) => c.taskId)
  const mine = batch.claims.filter((id) => owners.get(id) === executorId)
  const answers = new Map<string, TakeAnswer[]>()
  // Whoever asked for locks asks again: what was granted is granted at once.
  for (const { taskId, takes } of batch.changes) {
    if (takes)
      answers.set(
        taskId,
        takes.map(({ stepNo }) => ({ ...lost, stepNo })),
      )
  }
  for (const { id, claimed } of asking) {
    const owner = owners.get(id)
    const isGranted = claimed ? owner === executorId : owner === null
    const status = owner === undefined ? 'unknown' : isGranted ? 'granted' : 'waiting'
    answers.set(id, [{ ...lost, stepNo: wholeTask, status }])
  }
  return {
    fenced: new Set(),
    answers,
    released: new Set(released),
    claimed: mine.length > 0 ? await findTasks(sql, mine) : [],
    unknown: new Set(),
    now,
  }
}

const lost = {
  status: 'unknown',
  resource: undefined,
  blocker: undefined,
  circle: undefined,
  since: undefined,
} as const
