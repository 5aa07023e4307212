import type { StepPatch } from '../change.ts'
import { isBlocked, isFinal } from '../step.ts'
import type { Draft } from './draft.ts'
import type { Plan } from './plan.ts'

/** Two clocks of one machine may differ by this much: a timer that fired a little early is on time. */
const clockSlackMs = 50

/**
 * The steps of a task in a runner's hands: their rows, who must be looked at next, and how many are settled. Only followers
 * of what just ended are looked at, so a turn costs what happened in it, not the size of the task.
 */
export class StepBook {
  readonly rows: readonly StepPatch[]
  /** Fresh steps, followers of what ended, those whose time has come. */
  readonly candidates = new Set<number>()
  readonly #plan: Plan
  readonly #draft: Draft
  readonly #now: () => Date
  #settled = 0

  constructor(plan: Plan, rows: readonly StepPatch[], draft: Draft, now: () => Date) {
    this.#plan = plan
    this.#draft = draft
    this.#now = now
    this.rows = rows
    for (const step of rows) {
      if (this.isSettled(step)) this.#settled++
      else if (this.mayStart(step)) this.candidates.add(step.no)
    }
  }

  get settled(): number {
    return this.#settled
  }

  stateOf = (no: number): string => this.rows[no]?.state ?? 'TODO'

  nameOf(no: number): string {
    return this.#plan.steps[no]?.definition.name ?? String(no)
  }

  isFinal(step: StepPatch): boolean {
    return isFinal(step.state, this.#plan.steps[step.no]?.customStates ?? [])
  }

  isSettled(step: StepPatch): boolean {
    return this.isFinal(step) || isBlocked(step.state)
  }

  /** Not final, in order: what still keeps the task from its end. */
  open(): StepPatch[] {
    return this.rows.filter((step) => !this.isFinal(step))
  }

  /** May it become RUNNING, as far as the step alone can say? */
  mayStart(step: StepPatch): boolean {
    if (step.state === 'TODO' || step.state === 'RETRY_NOW') return true
    return step.dueAt !== undefined && step.dueAt.getTime() <= this.#now().getTime() + clockSlackMs
  }

  /** RUNNING from the next flush on. What goes on after a wait is no new try. */
  begin(step: StepPatch, resumed: boolean): void {
    step.state = 'RUNNING'
    if (!resumed) step.tryCount++
    step.attemptNo++
    step.startedAt = this.#now()
    step.endedAt = undefined
    step.dueAt = undefined
    step.processGroup = undefined
    step.processStartedAt = undefined
    this.#draft.start(step)
  }

  /** Gives a step that does not run a new state, and lets its followers be looked at. */
  settle(no: number, state: string, errorSummary: string | undefined): void {
    const step = this.rows[no]
    if (!step) return
    const before = this.isSettled(step)
    step.state = state
    step.endedAt ??= this.#now()
    step.dueAt = undefined
    if (errorSummary !== undefined) step.errorSummary = errorSummary
    this.#draft.step(step)
    this.moved(step, before)
  }

  /** Gives a step that does not run any state, as if it had ended so or had not begun. */
  assign(no: number, state: string, errorSummary: string | undefined): void {
    const step = this.rows[no]
    if (!step || step.state === 'RUNNING') return
    const before = this.isSettled(step)
    step.state = state
    step.dueAt = undefined
    step.errorSummary = errorSummary
    if (this.isSettled(step)) step.endedAt ??= this.#now()
    else Object.assign(step, { tryCount: 0, startedAt: undefined, endedAt: undefined })
    this.#draft.step(step)
    for (const kind of ['retry', 'wait'] as const) this.#draft.clearTimer({ stepNo: no, kind })
    this.moved(step, before)
  }

  /** Lets a step run again as soon as it may. */
  rerun(no: number, state: string): void {
    const step = this.rows[no]
    if (!step || step.state === 'RUNNING') return
    this.#reopen(step, state)
    this.#draft.clearTimer({ stepNo: no, kind: 'retry' })
  }

  /** The same for a step whose attempt was lost with its executor. */
  reopen(no: number, state: string): void {
    const step = this.rows[no]
    if (step) this.#reopen(step, state)
  }

  #reopen(step: StepPatch, state: string): void {
    const before = this.isSettled(step)
    step.state = state
    // Due from now on: that it may start survives the executor.
    step.dueAt = this.#now()
    step.endedAt = undefined
    this.#draft.step(step)
    this.moved(step, before)
  }

  /** A row has a new state: keeps the count, and finds out who may follow. */
  moved(step: StepPatch, wasSettled: boolean): void {
    const isSettled = this.isSettled(step)
    if (isSettled !== wasSettled) this.#settled += isSettled ? 1 : -1
    if (!isSettled && this.mayStart(step)) this.candidates.add(step.no)
    else this.candidates.delete(step.no)
    if (!this.isFinal(step)) return
    for (const follower of this.#plan.steps[step.no]?.dependants ?? []) this.candidates.add(follower)
    for (const follower of this.#plan.waitsForAny) this.candidates.add(follower)
  }

  /** Ends every step that has not ended: the task stops. */
  closeOpen(state: 'CANCELLED' | 'PRUNE'): void {
    for (const step of this.rows) {
      if (this.isSettled(step)) continue
      step.state = state
      step.endedAt = this.#now()
      step.dueAt = undefined
      this.#draft.step(step)
      this.#settled++
    }
    this.candidates.clear()
  }
}
