import { Problem } from '../base/problem.ts'
import type { EventDraft, TaskPeople } from './change.ts'
import type { Executor } from './executor.ts'

/** What may be put on the record of a task that another process holds, or that is over. */
export interface TaskNote {
  readonly event: Omit<EventDraft, 'at'>
  readonly people?: TaskPeople
}

/** Durable when it resolves. Problem `not-found`. */
export async function putNote(executor: Executor, taskId: string, note: TaskNote): Promise<void> {
  const { event, people } = note
  const events = [{ ...event, at: executor.now() }]
  const isKnown = await new Promise<boolean>((resolve, reject) => {
    executor.flusher.submit({
      kind: 'note',
      note: { taskId, events, ...(people && { people }) },
      written: resolve,
      refused: reject,
    })
  })
  if (isKnown) return
  throw new Problem('not-found', 'There is no such task.', { details: { type: 'Task', id: taskId } })
}
