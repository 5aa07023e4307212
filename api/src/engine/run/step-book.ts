import type { StepPatch } from '../change.ts'
import { isBlocked, isFinal, isRetriable } from '../step.ts'
import type { Draft } from './draft.ts'
import { Loop } from './loop.ts'
import { type Plan, type PlanStep, type Readiness, readinessOf } from './plan.ts'
import { freshStep } from './row-patch.ts'

/** Two clocks of one machine may differ by this much: a timer that fired a little early is on time. */
const clockSlackMs = 50

/** Rows of items that one flush makes: a list of 10,000 must not hold up what other tasks write. */
const rowsPerFlush = 1000

export interface StepBookParts {
  readonly plan: Plan
  /** By number, those of items included. */
  readonly rows: StepPatch[]
  readonly draft: Draft
  now(): Date
  /** A step that is not about to start needs no slot. */
  letGo(no: number): void
  /** How many items an expanded loop has. */
  lengthOf(loopNo: number): number
}

/**
 * The steps of a task in a runner's hands: their rows, who must be looked at next, and how many are done. Only followers
 * of what just ended are looked at, so a turn costs what happened in it, not the size of the task.
 */
export class StepBook {
  readonly rows: readonly StepPatch[]
  /** Fresh steps, followers of what ended, those whose time has come. Fresh items are offered by their loop. */
  readonly candidates = new Set<number>()
  /** Loops that are expanded, and those that were and whose items still run. */
  readonly loops = new Map<number, Loop>()
  /** Steps that wait for their next try. */
  readonly retrying = new Set<number>()
  readonly #rows: StepPatch[]
  readonly #parts: StepBookParts
  #done = 0

  constructor(parts: StepBookParts) {
    this.#parts = parts
    this.#rows = parts.rows
    this.rows = parts.rows
    const isItem = (step: StepPatch) => step.parentNo !== undefined
    const items = Map.groupBy(parts.rows.filter(isItem), (step) => step.parentNo)
    for (const { no, state } of parts.rows)
      if (state === 'EXPANDED') this.#reopenLoop(no, items.get(no) ?? [])
    for (const step of parts.rows) {
      if (this.isDone(step)) this.#done++
      if (!this.isSettled(step) && this.mayStart(step) && !this.#isFreshItem(step))
        this.candidates.add(step.no)
      if (isRetriable(step.state) && step.dueAt) this.retrying.add(step.no)
      this.loopOf(step)?.moved(step, this.isFinal(step))
    }
  }

  /** What the rows say of a loop that was expanded before this executor took the task. */
  #reopenLoop(no: number, items: readonly StepPatch[]): void {
    const { plan, lengthOf } = this.#parts
    const definition = plan.steps[no]?.definition
    if (!definition) return
    const length = lengthOf(no)
    const numbers: number[] = []
    for (const { itemIndex = 0, no: itemNo } of items) if (itemIndex < length) numbers[itemIndex] = itemNo
    this.loops.set(no, new Loop(no, definition, plan.template.maxParallel, length, numbers))
  }

  /** How many are over for good, whatever they came to; what failed and stands is still to be done. */
  get done(): number {
    return this.#done
  }

  /** Steps and items, those included that have no row yet. */
  get total(): number {
    let total = this.rows.length
    for (const loop of this.loops.values()) total += loop.missing
    return total
  }

  stateOf = (no: number): string => this.rows[no]?.state ?? 'TODO'

  /** What a row runs: the step of the plan with its number, or what each item of its loop runs. */
  plannedOf({ no, parentNo }: StepPatch): PlanStep | undefined {
    const { steps } = this.#parts.plan
    return parentNo === undefined ? steps[no] : steps[parentNo]?.item
  }

  nameOf(no: number): string {
    const step = this.rows[no]
    const name = this.#parts.plan.steps[step?.parentNo ?? no]?.definition.name ?? String(no)
    return step?.parentNo === undefined ? name : `${name}-${step.itemIndex}`
  }

  /** The rows of a loop's items, by their place in the list. */
  itemsOf(loopNo: number): StepPatch[] {
    const items = this.rows.filter((step) => step.parentNo === loopNo)
    return items.sort((a, b) => (a.itemIndex ?? 0) - (b.itemIndex ?? 0))
  }

  isFinal(step: StepPatch): boolean {
    return isFinal(step.state, this.plannedOf(step)?.customStates ?? [])
  }

  isSettled(step: StepPatch): boolean {
    return this.isFinal(step) || isBlocked(step.state)
  }

  /** What was cut off is over, and has not been done. */
  isDone(step: StepPatch): boolean {
    return this.isFinal(step) && step.state !== 'CANCELLED'
  }

  /** Not final, in order: what still keeps the task from its end. */
  open(): StepPatch[] {
    return this.rows.filter((step) => !this.isFinal(step))
  }

  /** May it become RUNNING, as far as the step alone can say? */
  mayStart(step: StepPatch): boolean {
    if (step.state === 'TODO' || step.state === 'RETRY_NOW') return true
    return step.dueAt !== undefined && step.dueAt.getTime() <= this.#parts.now().getTime() + clockSlackMs
  }

  /** Do the others let it start? An item runs while its loop is expanded. */
  readinessOf(step: StepPatch): Readiness {
    if (step.parentNo === undefined) return readinessOf(this.#parts.plan, step.no, this.stateOf)
    return this.stateOf(step.parentNo) === 'EXPANDED' ? 'ready' : 'waiting'
  }

  /** Is there something that a turn could do at once? */
  get hasWork(): boolean {
    if (this.candidates.size > 0) return true
    for (const loop of this.loops.values()) {
      if (this.stateOf(loop.no) !== 'EXPANDED') continue
      if (loop.isOver || loop.missing > 0 || loop.next(this.stateOf) !== undefined) return true
    }
    return false
  }

  /** A loop whose items are all over waits for being told so. */
  get hasLoopOver(): boolean {
    for (const loop of this.loops.values())
      if (loop.isOver && this.stateOf(loop.no) === 'EXPANDED') return true
    return false
  }

  /** RUNNING from the next flush on. What goes on after a wait is no new try. */
  begin(step: StepPatch, resumed: boolean): void {
    step.state = 'RUNNING'
    if (!resumed) step.tryCount++
    step.attemptNo++
    step.groupNo ||= step.attemptNo
    step.startedAt = this.#parts.now()
    step.endedAt = undefined
    step.dueAt = undefined
    step.processGroup = undefined
    step.processStartedAt = undefined
    this.candidates.delete(step.no)
    this.retrying.delete(step.no)
    this.loopOf(step)?.started(step.no)
    this.#parts.draft.start(step)
  }

  /** Gives a step that does not run a new state, and lets its followers be looked at. */
  settle(no: number, state: string, errorSummary: string | undefined): void {
    const step = this.rows[no]
    if (!step) return
    const before = this.isDone(step)
    step.state = state
    step.endedAt ??= this.#parts.now()
    step.dueAt = undefined
    if (errorSummary !== undefined) step.errorSummary = errorSummary
    this.#parts.draft.step(step)
    this.moved(step, before)
  }

  /** Gives a step that does not run any state, as if it had ended so or had not begun. */
  assign(no: number, state: string, errorSummary: string | undefined): void {
    const step = this.rows[no]
    if (!step || step.state === 'RUNNING') return
    const before = this.isDone(step)
    step.state = state
    step.dueAt = undefined
    step.errorSummary = errorSummary
    if (this.isSettled(step)) step.endedAt ??= this.#parts.now()
    else Object.assign(step, { tryCount: 0, groupNo: 0, startedAt: undefined, endedAt: undefined })
    this.#parts.draft.step(step)
    for (const kind of ['retry', 'wait'] as const) this.#parts.draft.clearTimer({ stepNo: no, kind })
    this.moved(step, before)
  }

  /** A person lets a step run again: it has all its tries, and whoever it asks is to answer anew. */
  beginGroup(no: number): void {
    const step = this.rows[no]
    if (!step || step.state === 'RUNNING') return
    Object.assign(step, { tryCount: 0, groupNo: 0 })
    this.rerun(no, 'TO_RETRY')
  }

  /** Lets a step run again as soon as it may. */
  rerun(no: number, state: string): void {
    const step = this.rows[no]
    if (!step || step.state === 'RUNNING') return
    // Due from now on: that it may start survives the executor.
    this.#reopen(step, state, this.#parts.now())
    this.#parts.draft.clearTimer({ stepNo: no, kind: 'retry' })
  }

  /** Lets a step run again when its time comes; without one it stands until a person resumes it. */
  postpone(no: number, state: string, dueAt: Date | undefined): void {
    const step = this.rows[no]
    if (step) this.#reopen(step, state, dueAt)
  }

  /** The same for a step whose attempt was lost with its executor. */
  reopen(no: number, state: string): void {
    const step = this.rows[no]
    if (step) this.#reopen(step, state, this.#parts.now())
  }

  #reopen(step: StepPatch, state: string, dueAt: Date | undefined): void {
    const before = this.isDone(step)
    step.state = state
    step.dueAt = dueAt
    step.endedAt = undefined
    this.#parts.draft.step(step)
    this.moved(step, before)
  }

  /** A row has a new state: keeps the count, and finds out who may follow. */
  moved(step: StepPatch, wasDone: boolean): void {
    const isOver = this.isFinal(step)
    const isSettled = isOver || isBlocked(step.state)
    const isDone = this.isDone(step)
    if (isDone !== wasDone) this.#done += isDone ? 1 : -1
    if (!isSettled && this.mayStart(step)) this.candidates.add(step.no)
    else {
      this.candidates.delete(step.no)
      this.#parts.letGo(step.no)
    }
    if (isRetriable(step.state) && step.dueAt) this.retrying.add(step.no)
    else this.retrying.delete(step.no)
    if (step.parentNo !== undefined) return this.loopOf(step)?.moved(step, isOver)
    if (step.state !== 'EXPANDED') this.#leaveLoop(step.no)
    if (!isOver) return
    const { plan } = this.#parts
    if (plan.steps[step.no]?.item) this.#closeItems(step.no)
    for (const follower of plan.steps[step.no]?.dependants ?? []) this.candidates.add(follower)
    for (const follower of plan.waitsForAny) this.candidates.add(follower)
  }

  /** Its action has ended, whatever came of it. */
  ended(step: StepPatch): void {
    const loop = this.loopOf(step)
    loop?.ended()
    if (loop?.running !== 0 || this.stateOf(loop.no) === 'EXPANDED') return
    // Somebody wants the list to be made anew, and only waited for the last item that still ran.
    this.loops.delete(loop.no)
    const parent = this.rows[loop.no]
    if (parent && !this.isSettled(parent) && this.mayStart(parent)) this.candidates.add(loop.no)
  }

  /** Ends every step that has not ended: the task stops. */
  closeOpen(state: 'CANCELLED' | 'PRUNE'): void {
    for (const step of this.rows) if (!this.isSettled(step)) this.#close(step, state)
    this.candidates.clear()
    this.loops.clear()
    this.retrying.clear()
  }

  #close(step: StepPatch, state: string): void {
    step.state = state
    step.endedAt = this.#parts.now()
    step.dueAt = undefined
    this.#parts.draft.step(step)
    this.candidates.delete(step.no)
    this.retrying.delete(step.no)
    if (this.isDone(step)) this.#done++
  }

  // ---- loops

  #isFreshItem(step: StepPatch): boolean {
    return step.parentNo !== undefined && step.state === 'TODO'
  }

  /** The loop that a row is an item of, while it is expanded. */
  loopOf({ parentNo }: StepPatch): Loop | undefined {
    return parentNo === undefined ? undefined : this.loops.get(parentNo)
  }

  /** The list of a loop is known: items that have rows from an earlier list begin anew, the others get theirs. */
  expand(no: number, length: number): void {
    const { plan } = this.#parts
    const definition = plan.steps[no]?.definition
    if (!definition) return
    const known = plan.steps.length < this.rows.length ? this.itemsOf(no) : []
    const kept = known.slice(0, length)
    const numbers = kept.map((step) => step.no)
    this.loops.set(no, new Loop(no, definition, plan.template.maxParallel, length, numbers))
    for (const step of kept) this.#beginAnew(step)
    for (const step of known.slice(length)) this.settle(step.no, 'PRUNE', undefined)
  }

  #beginAnew(step: StepPatch): void {
    const before = this.isDone(step)
    const { no, attemptNo, parentNo, itemIndex } = step
    Object.assign(step, { ...freshStep(no), attemptNo, parentNo, itemIndex })
    this.#parts.draft.step(step)
    for (const kind of ['retry', 'wait'] as const) this.#parts.draft.clearTimer({ stepNo: no, kind })
    this.moved(step, before)
    this.candidates.delete(no)
  }

  /** Makes rows for items that have none, as many as one flush may carry. */
  grow(): void {
    for (const loop of this.loops.values()) {
      if (loop.missing === 0 || this.stateOf(loop.no) !== 'EXPANDED') continue
      const room = rowsPerFlush - this.#parts.draft.newSteps
      for (let made = Math.min(room, loop.missing); made > 0; made--) this.#addItem(loop)
    }
  }

  #addItem(loop: Loop): void {
    const step: StepPatch = {
      ...freshStep(this.#rows.length),
      parentNo: loop.no,
      itemIndex: loop.numbers.length,
    }
    this.#rows.push(step)
    loop.numbers.push(step.no)
    const { no, state, parentNo, itemIndex } = step
    this.#parts.draft.newStep({ no, name: this.nameOf(no), state, parentNo, itemIndex })
  }

  /** A loop is no longer expanded. Items that run are awaited before its list is made anew. */
  #leaveLoop(no: number): void {
    if (this.loops.get(no)?.running === 0) this.loops.delete(no)
  }

  /** A loop is over, whatever ended it: what has not begun never will. */
  #closeItems(no: number): void {
    if (this.rows.length === this.#parts.plan.steps.length) return
    for (const item of this.itemsOf(no)) {
      if (item.state !== 'RUNNING' && !this.isFinal(item)) this.settle(item.no, 'PRUNE', undefined)
    }
  }
}
