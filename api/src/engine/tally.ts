import type { TaskResult, TaskState } from '@stint/schema/words'
import type { Birth, Change } from './change.ts'
import type { LockedTask } from './store/task.ts'
import type { CountRow } from './store/task-count.ts'

/** Where a task is counted. */
interface Place {
  readonly state: TaskState
  readonly result: TaskResult
}

/** What tasks that leave some places and come to others change in the counts: a row for each place that gains or loses. */
function tally(left: readonly Place[], entered: readonly Place[]): CountRow[] {
  const rows = new Map<string, { state: TaskState; result: TaskResult; n: number }>()
  const add = ({ state, result }: Place, n: number) => {
    const key = `${state}/${result}`
    const row = rows.get(key)
    if (row) row.n += n
    else rows.set(key, { state, result, n })
  }
  for (const place of left) add(place, -1)
  for (const place of entered) add(place, 1)
  return [...rows.values()].filter(({ n }) => n !== 0)
}

/** What a flush changes in the counts; empty when it gives birth to nothing and no task gets another state or result. */
export function tallyOfFlush(
  births: readonly Birth[],
  changes: readonly Change[],
  locked: ReadonlyMap<string, LockedTask>,
): CountRow[] {
  const left: Place[] = []
  const entered: Place[] = []
  for (const birth of births) if (birth.aboutTaskId === undefined) entered.push(birth.task)
  for (const { taskId, task } of changes) {
    const before = locked.get(taskId)
    if (!task || !before || before.isInternal) continue
    if (task.state === before.state && task.result === before.result) continue
    left.push(before)
    entered.push(task)
  }
  return tally(left, entered)
}

/** What tasks that are deleted take from the counts. */
export function tallyOfRemoval(doomed: readonly (Place & { readonly isInternal: boolean })[]): CountRow[] {
  return tally(
    doomed.filter(({ isInternal }) => !isInternal),
    [],
  )
}
