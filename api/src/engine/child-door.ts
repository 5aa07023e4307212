import type { TaskResult, TaskState } from '@stint/schema/words'
import type { Birth } from './change.ts'

/*
 * What an action may do with tasks of its own step. It never writes: it asks for births and returns them with its result, and
 * the flush that writes the outcome of the attempt writes the children. What it knows of them comes from their rows, so an
 * attempt that was cut off knows as much as the one before it.
 */

/** A task that a step wants to start; names and texts are rendered already. */
export interface ChildRequest {
  /** Its place among the children of this step; the newest child of a place counts. */
  readonly index: number
  readonly template: string
  readonly input: Readonly<Record<string, unknown>>
  readonly tags?: Readonly<Record<string, string>>
  readonly resolvers?: readonly string[]
  readonly resolverGroups?: readonly string[]
  readonly watchers?: readonly string[]
  readonly watcherGroups?: readonly string[]
  readonly comment?: string
  readonly startAt?: Date
}

export interface ChildTask {
  readonly id: string
  readonly index: number
  readonly title: string
  readonly state: TaskState
  readonly result: TaskResult
  readonly reason: string | null
  readonly errorSummary: string | null
  readonly resolvers: readonly string[]
  readonly ownerName: string
}

export type ChildOutline = Pick<ChildTask, 'index' | 'state' | 'result'>

/** By the newest child of each place. */
export interface ChildCounts {
  readonly total: number
  /** Not over yet. */
  readonly living: number
  readonly success: number
  readonly warning: number
  readonly error: number
  readonly cancelled: number
}

export interface ChildDoor {
  /**
   * Checks requests against their templates, as the owner of the task, and makes what the action returns as `births`. `group` is
   * the number of the attempt that began this round. Throws ActionError `client` with every problem of the first request at fault.
   */
  conceive(group: number, requests: readonly ChildRequest[]): Promise<readonly Birth[]>
  /** The same checks for any number of requests, without making anything. */
  check(requests: readonly ChildRequest[]): Promise<void>
  counts(): Promise<ChildCounts>
  /** How each place stands, by its newest child; light enough for 10,000. */
  outline(): Promise<readonly ChildOutline[]>
  /** The newest child of each place, by place. `unwell`: only those that stopped with error or were cancelled. */
  newest(choice: { unwell: boolean; limit: number }): Promise<readonly ChildTask[]>
  /** What the `result_format` of a child gave, secrets masked; null when it has none. */
  resultOf(childId: string): Promise<unknown>
}

/** The task that gives birth, and which of its steps. */
export interface ParentStep {
  readonly taskId: string
  readonly stepNo: number
  readonly depth: number
  readonly ownerId: string | undefined
  readonly ownerName: string
  readonly region: string | undefined
  readonly stopsChildren: boolean
}
