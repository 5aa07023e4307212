import type { TaskResult, TaskState } from '@stint/schema/words'
import type { TaskListSearch } from '../../client/search.ts'

/** A ready-made question to the list of tasks. */
export interface View {
  readonly title: string
  readonly state?: readonly TaskState[]
  readonly result?: readonly TaskResult[]
}

export const views: readonly View[] = [
  { title: 'All' },
  { title: 'Running', state: ['running'] },
  { title: 'Waiting', state: ['scheduled', 'pending'] },
  { title: 'Paused', state: ['paused'] },
  { title: 'Failed', state: ['stopped'], result: ['warning', 'error'] },
  { title: 'Succeeded', state: ['stopped'], result: ['success'] },
]

interface Count {
  readonly state: TaskState
  readonly result: TaskResult
  readonly count: number
  readonly isCapped: boolean
}

const same = (left: readonly string[] | undefined, right: readonly string[] | undefined) =>
  [...(left ?? [])].sort().join() === [...(right ?? [])].sort().join()

/** Is the list showing exactly this view, whatever else narrows it? */
export const isView = (view: View, search: TaskListSearch): boolean =>
  same(view.state, search.state) && same(view.result, search.result)

/** The address of a view: what else narrows the list stays, the place in it does not. */
export const searchOfView = (view: View, search: TaskListSearch): TaskListSearch => ({
  ...search,
  state: view.state,
  result: view.result,
  after: undefined,
  before: undefined,
})

const belongs = (view: View, count: Count) =>
  (!view.state || view.state.includes(count.state)) && (!view.result || view.result.includes(count.result))

/** `12`, or `10,000+` when the server stopped counting. */
export function countText(view: View, counts: readonly Count[]): string {
  const ours = counts.filter((count) => belongs(view, count))
  const sum = ours.reduce((total, one) => total + one.count, 0)
  return `${sum.toLocaleString('en')}${ours.some((one) => one.isCapped) ? '+' : ''}`
}
