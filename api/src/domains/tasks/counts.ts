import type { TaskResult, TaskState } from '@stint/schema/words'
import type { App } from '../../base/app.ts'
import { type Actor, can } from '../access/model.ts'
import { filterKey, type TaskFilter } from './filter.ts'
import { anyTask, countAll, countByOutcome } from './store/counts.ts'

export interface TaskCount {
  readonly state: TaskState
  readonly result: TaskResult
  readonly count: number
  /** There are more; nobody counted how many. */
  readonly isCapped: boolean
  readonly latestAt: Date | null
}

const countMax = 10_000

const everything = '[null,null,null,null,null,null,null]'

/** Counts of all tasks are exact and cost nothing; those of a filter or of a person who sees a part stop at `countMax`. */
function isWhole(actor: Actor, filter: TaskFilter): boolean {
  return can(actor, 'task.view_all') && filterKey(filter, actor) === everything
}

/** The numbers of the dashboard and of the filter chips, by state and result, in the order of the words. */
export async function countTasks(
  app: App,
  actor: Actor | undefined,
  filter: TaskFilter,
): Promise<TaskCount[]> {
  if (actor === undefined) return []
  if (isWhole(actor, filter)) return (await countAll(app.sql)).map((row) => ({ ...row, isCapped: false }))
  const rows = await countByOutcome(app.sql, actor, filter, countMax + 1)
  return rows.map((row) => {
    const isCapped = row.count > countMax
    return { ...row, count: isCapped ? countMax : row.count, isCapped }
  })
}

const asked = new WeakMap<App['sql'], { answer: Promise<boolean>; untilMs: number }>()
const keepMs = 1_000

/** Is there any task at all? Asked by every open page, so an answer is kept for a second. */
export function hasTasks({ sql, clock }: App): Promise<boolean> {
  const known = asked.get(sql)
  if (known !== undefined && known.untilMs > clock.monotonicMs()) return known.answer
  const answer = anyTask(sql)
  asked.set(sql, { answer, untilMs: clock.monotonicMs() + keepMs })
  answer.catch(() => asked.delete(sql))
  return answer
}
