import { Problem } from '../base/problem.ts'
import type { Sql } from '../postgres/connect.ts'
import { isSqlState, sqlStates } from '../postgres/errors.ts'
import { type CreatedTask, isBorn, settleConflict } from './conflict.ts'
import type { Executor } from './executor.ts'
import { checkDependencies, findByKey } from './known-tasks.ts'
import type { TakeAnswer } from './lock.ts'
import { checkTimes, conceive, type Newborn, type NewTask } from './start.ts'

/** See Engine.createTask. Where the executor has room the task is its own from the first moment. */
export async function createTask(sql: Sql, executor: Executor, request: NewTask): Promise<CreatedTask> {
  checkTimes(request, executor.now())
  const known = await findByKey(sql, request)
  if (known) return known
  if (request.dependsOn && request.dependsOn.length > 0) await checkDependencies(sql, request.dependsOn)
  const plan = request.templateId
    ? await executor.planOf(request.templateId)
    : executor.planOfDefinition(request.template)
  const newborn = conceive(executor, request, plan)
  const { birth, run } = newborn
  if (run) executor.adopt(run.taskRun)
  try {
    const answer = await bear(executor, newborn)
    if (answer && !isBorn(answer)) return await settleConflict(sql, birth, answer)
  } catch (error) {
    run?.taskRun.abandon('shutdown')
    const twin = mayHaveTwin(error) ? await findByKey(sql, request) : undefined
    if (twin) return twin
    throw error
  }
  return { id: birth.id, isNew: true }
}

/** Resolves when the birth is durable, or refused because of the locks it asked for. */
function bear(executor: Executor, { birth, run }: Newborn): Promise<TakeAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const written = (locks: TakeAnswer | undefined) => {
      resolve(locks)
      if (locks === undefined || locks.status === 'granted') run?.born()
      else run?.taskRun.abandon('shutdown')
    }
    executor.flusher.submit({ kind: 'birth', birth, written, refused: reject })
  })
}

/** Asked twice at once: the other one was quicker, with the key or with the locks. */
function mayHaveTwin(error: unknown): boolean {
  return (
    isSqlState(error, sqlStates.uniqueViolation) ||
    (error instanceof Problem && error.code === 'lock-conflict')
  )
}
