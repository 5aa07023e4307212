import type { TaskReason, TaskState } from '@stint/schema/words'
import type { TaskPatch } from '../change.ts'
import { canMove, resultOf } from '../task.ts'
import type { Draft } from './draft.ts'

/** The task row in a runner's hands: every move goes through here, with its event and its times. */
export class TaskRecord {
  readonly patch: TaskPatch
  /** As it was written last. */
  stored: TaskPatch
  /** The reason that was told last to who listens: rows are written often, a question is asked once. */
  toldReason: TaskReason | undefined
  readonly #draft: Draft
  readonly #now: () => Date
  readonly #stepStates: () => string[]
  readonly #progress: () => number

  constructor(
    patch: TaskPatch,
    parts: { draft: Draft; now: () => Date; stepStates: () => string[]; progress: () => number },
  ) {
    this.patch = patch
    this.stored = { ...patch, tags: { ...patch.tags } }
    this.toldReason = patch.reason
    this.#draft = parts.draft
    this.#now = parts.now
    this.#stepStates = parts.stepStates
    this.#progress = parts.progress
  }

  get state(): TaskState {
    return this.patch.state
  }

  /** May steps run in this state? */
  get isRunnable(): boolean {
    return (
      this.patch.state === 'running' || (this.patch.state === 'pending' && this.patch.reason === 'queued')
    )
  }

  /** The row is written with the next flush. */
  touch(): void {
    const { patch } = this
    // What was cut off when the task ended is not progress. While it goes on nothing is taken back that was shown, as when a
    // step is tried again; where it stands, a step that had told of nine tenths and failed has done none of them.
    if (patch.state === 'paused') patch.progress = this.#progress()
    else if (patch.state !== 'stopped') patch.progress = Math.max(patch.progress, this.#progress())
    this.#draft.task(patch)
  }

  /** The row is written when its steps have come further. */
  touchProgress(): void {
    if (this.#progress() > this.patch.progress) this.touch()
  }

  moveTo(state: TaskState, reason: TaskReason | undefined): void {
    const { patch } = this
    if (!canMove(patch.state, patch.reason, state)) {
      throw new Error(`a task cannot go from ${patch.state} to ${state}`)
    }
    const at = this.#now()
    patch.state = state
    patch.reason = reason
    patch.stateUpdatedAt = at
    if (state === 'running') patch.startedAt ??= at
    if (state === 'stopped') this.#finish(reason, at)
    const data = {
      ...(reason && { reason }),
      ...(state === 'stopped' && { result: patch.result }),
    }
    const hasData = Object.keys(data).length > 0
    this.#draft.event({ at, kind: 'task', name: state, ...(hasData && { data }) })
    this.touch()
  }

  #finish(reason: TaskReason | undefined, at: Date): void {
    const { patch } = this
    patch.endedAt = at
    patch.result = resultOf(reason, this.#stepStates())
    if (patch.result === 'success' || patch.result === 'warning') patch.progress = 1
    if (patch.result !== 'success') return
    patch.errorSummary = undefined
    patch.errorFingerprint = undefined
  }

  setReason(reason: TaskReason | undefined): void {
    if (this.patch.reason === reason) return
    this.patch.reason = reason
    this.touch()
  }

  /** Due and free: an executor may take it up. */
  queue(): void {
    if (this.patch.state === 'pending') this.setReason('queued')
    else this.moveTo('pending', 'queued')
  }

  /** Nothing runs, and what could start waits for a slot of a limit: a signal brings the task back. */
  waitForCapacity(): void {
    if (this.patch.state === 'pending') this.setReason('capacity')
    else this.moveTo('pending', 'capacity')
  }

  /** From wherever it may run to running; nothing when it runs already. */
  run(): void {
    if (this.patch.state !== 'running') this.moveTo('running', undefined)
    else this.setReason(undefined)
  }
}
