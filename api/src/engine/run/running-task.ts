import type { TaskReason, TaskResult, TaskState } from '@stint/schema/words'
import type { AttemptRow, StepPatch } from '../change.ts'
import type { TaskKey } from '../seal.ts'
import type { RunChildren } from './children.ts'
import type { Draft } from './draft.ts'
import type { HeldRun, RunHost } from './host.ts'
import type { LockBook } from './lock-book.ts'
import type { Masker } from './mask.ts'
import type { Plan } from './plan.ts'
import type { StepBook } from './step-book.ts'
import type { TaskRecord } from './task-record.ts'
import type { RunValues } from './values.ts'

/** What the row says and no run changes. */
export interface TaskFacts {
  readonly id: string
  readonly epoch: number
  readonly label: string
  /** Work of the installation itself: what becomes of it is no news. */
  readonly isInternal: boolean
  readonly ownerId: string | undefined
  readonly ownerName: string
  /** Whom it names to resolve it, when it was taken. */
  readonly resolvers: readonly string[]
  readonly resolverGroups: readonly string[]
  /** Only executors of this region advance it; of any when absent. */
  readonly region: string | undefined
  readonly priority: number
  /** Ancestors above it. */
  readonly depth: number
  readonly startBefore: Date | undefined
}

export interface DependencyState {
  readonly title: string
  readonly state: TaskState
  readonly result: TaskResult
}

/** Why no further step may start, and what happens when the running ones have ended. */
export type Ending = 'cancel' | 'force-cancel' | 'force-unlock' | 'pause' | 'fail' | 'start-over'

/** A task in the hands of this executor, as its attempts, its signals and its conditions see it; see task-run.ts. */
export interface RunningTask extends HeldRun {
  readonly host: RunHost
  readonly facts: TaskFacts
  readonly plan: Plan
  readonly key: TaskKey
  readonly values: RunValues
  readonly masker: Masker
  readonly draft: Draft
  readonly task: TaskRecord
  readonly steps: StepBook
  readonly locks: LockBook
  readonly children: RunChildren
  readonly ending: Ending | undefined
  /** Tasks this one waits for, as they were when their signal was read. */
  readonly dependencies: readonly DependencyState[]
  /** Why the coming pause happens; a person's wish when absent. */
  pauseReason: TaskReason | undefined
  /** Somebody changed rows by hand: no step starts before the next runner has read them anew. */
  isStale: boolean
  /** Something small happened (a log line, progress): it travels with the next flush, soon but not at once. */
  touchSoon(): void
  /** Settles a step without an attempt of its own; the message becomes its error, masked. */
  settleStep(no: number, state: string, message?: string): void
  /** What the conditions of one step say about another: a state to be in, or to run again. */
  imposeState(no: number, state: string, message: string): void
  /** An attempt ended: its outcome is in the step row; the place it took is free. */
  attemptEnded(no: number, step: StepPatch, row: AttemptRow, wasDone: boolean): void
  /** No further step starts; running ones are asked to stop, or may end by themselves when it is only a pause. */
  end(ending: Ending, abort: boolean, actor?: string): void
  /** Something a step waits for has happened: it looks again, as soon as it may run. */
  news(no: number): void
  /** Takes back a pause or failure that has not been carried out. */
  goOn(): void
  /** Ends the task; `rest` is what steps become that have not ended. */
  stop(reason: TaskReason | undefined, rest: 'CANCELLED' | 'PRUNE' | undefined): void
  /** The task shows the error of this step as its own. */
  blame(step: StepPatch | undefined): void
}
