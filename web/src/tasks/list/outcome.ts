import type { PageProblem } from '../../client/problems.ts'
import { type GivenCommand, taskVerbs } from '../verbs.ts'
import type { LiveTask } from '../words.ts'

export type BulkCommand = GivenCommand | 'DELETE'

export interface Refusal {
  readonly task: LiveTask
  readonly problem: PageProblem
}

/** How far a command for many tasks has come. */
export interface BulkRun {
  readonly command: BulkCommand
  readonly done: number
  readonly total: number
  readonly refusals: readonly Refusal[]
  /** With DELETE: how many tasks are gone, those that went with others included. */
  readonly deleted?: number
}

/** `Delete: 3 of 4 deleted, 12 with their sub-tasks; 1 refused`. */
export function outcomeOf({
  command,
  done,
  total,
  refusals,
  deleted,
}: Omit<BulkRun, 'refusals'> & { refusals: readonly unknown[] }): string {
  const went = done - refusals.length
  const family = deleted !== undefined && deleted > went ? `, ${deleted} with their sub-tasks` : ''
  const refused = refusals.length > 0 ? `${family ? ';' : ','} ${refusals.length} refused` : ''
  const word = command === 'DELETE' ? 'deleted' : 'accepted'
  return `${taskVerbs[command].title}: ${went} of ${total} ${word}${family}${refused}`
}
