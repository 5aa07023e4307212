import { type TaskResult, type TaskState, taskResults, taskStates } from '@stint/schema/words'
import { type Status, taskStatus } from '../kit/status.ts'

export interface CountOfTasks {
  readonly state: TaskState
  readonly result: TaskResult
  readonly count: number
  readonly isCapped: boolean
  readonly latestAt: string | null
}

export interface StatusRow extends CountOfTasks {
  readonly status: Status
  readonly isErroneous: boolean
}

const placeOf = ({ state, result }: CountOfTasks) =>
  taskStates.indexOf(state) * taskResults.length + taskResults.indexOf(result)

// What a task with this state and result asks for: somebody to look at it.
const isErroneous = ({ state, result }: CountOfTasks) =>
  state === 'paused' || result === 'error' || result === 'warning'

/** The counts as rows of the widget: in the order of a task's life, the ones that need a look marked. */
export const statusRows = (counts: readonly CountOfTasks[]): StatusRow[] =>
  counts
    .filter((one) => one.count > 0)
    .toSorted((one, other) => placeOf(one) - placeOf(other))
    .map((one) => ({ ...one, status: taskStatus(one.state, one.result), isErroneous: isErroneous(one) }))

export const countText = (count: number, isCapped: boolean): string =>
  `${count.toLocaleString('en')}${isCapped ? '+' : ''}`
