import type { Template } from '@stint/schema/template-types'
import type { Logger } from '../../base/log.ts'
import type { ActionRegistry } from '../action.ts'
import type { Birth } from '../change.ts'
import type { DoorStep, Doors } from '../doors.ts'
import type { Flusher } from '../flush.ts'
import type { News } from '../news.ts'
import type { KeyRing } from '../seal.ts'
import type { SharedSecrets } from './mask.ts'
import type { Plan } from './plan.ts'

/** A runner, as far as the executor around it has to know. */
export interface HeldRun {
  readonly id: string
  turn(): void
}

/** What a runner needs of the executor around it. */
export interface RunHost {
  readonly executorId: string
  readonly flusher: Flusher
  readonly registry: ActionRegistry
  readonly keys: KeyRing
  readonly log: Logger
  readonly slots: Slots
  /** Could it take further tasks? */
  readonly hasRoom: boolean
  /** False in a process that only applies commands, for tasks of another region and for those that are held back. */
  readonly startsSteps: (task: { label: string; region: string | undefined }) => boolean
  /** Our clock corrected to the database's; never goes back. */
  now(): Date
  random(): number
  /** Configuration items that templates may read as `.config`. */
  config(): Record<string, unknown>
  /** What all tasks of this process must not show: the values of configuration items. */
  readonly secrets: SharedSecrets | undefined
  /** The capacity that this installation gives a named resource; undefined where it sets none. */
  readonly limitOf: (name: string) => number | undefined
  /** False: nobody limits anything, and labels need not be asked for. */
  hasLimits(): boolean
  /** Where the news of tasks are told; undefined while nobody listens, so that they are not even put together. */
  readonly newsOfRun: ((news: News) => readonly Birth[]) | undefined
  planOf(templateId: string): Promise<Plan>
  planOfDefinition(definition: Template): Plan
  /** What an action of this step may do beyond this process. */
  doorsOf(step: DoorStep): Doors
  /** Fetches the mail of a task that could not be handed back because of it. */
  readSignals(run: HeldRun): void
  /** A task that was handed back has mail that nobody else may know of. */
  takeAgain(taskId: string): void
  /** The row is still ours although its runner is gone: another one is made of it after the next heartbeat. */
  lookAgain(taskId: string): void
  /** The database takes no word about this task: tried a few times more, then no longer by this process. */
  leaveAlone(taskId: string): void
  /** The runner no longer holds its task. */
  onGone(run: HeldRun): void
  /** How long an aborted action may take before it is left behind. */
  readonly abortGraceMs: number
}

/** Places for actions that run at the same time in this executor; runs without one wait here in order. */
export class Slots {
  readonly #max: () => number
  #taken = 0
  readonly #waiting = new Set<HeldRun>()

  constructor(max: () => number) {
    this.#max = max
  }

  get taken(): number {
    return this.#taken
  }

  get waiting(): number {
    return this.#waiting.size
  }

  tryTake(run: HeldRun): boolean {
    if (this.#taken >= this.#max()) {
      this.#waiting.add(run)
      return false
    }
    this.#taken++
    return true
  }

  free(): void {
    this.#taken--
    // Not at once: the caller is in the middle of its own turn.
    if (this.#waiting.size > 0) queueMicrotask(() => this.#offer())
  }

  /** Whoever is asked may have no use for a place any more, or not before its draft is written: then it is the next one's. */
  #offer(): void {
    for (const next of this.#waiting) {
      if (this.#taken >= this.#max()) return
      this.#waiting.delete(next)
      next.turn()
    }
  }

  forget(run: HeldRun): void {
    this.#waiting.delete(run)
  }
}
