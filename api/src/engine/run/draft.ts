import {
  type AttemptRow,
  type Birth,
  type Change,
  type EventDraft,
  type NewStep,
  type OutputRow,
  type StepPatch,
  type TaskPatch,
  type TimerKey,
  type TimerRow,
  type WordToChildren,
  wholeTask,
} from '../change.ts'
import type { Link, Take } from '../lock.ts'

/** A draft on its way to the database. */
export interface SentDraft {
  readonly change: Change
  /** Steps that became RUNNING in it; their actions start once it is written. */
  readonly started: readonly number[]
  /** To be called once it is written. */
  readonly afterwards: readonly (() => void)[]
}

/** Collects what a task changes until its next flush, each row once and in its last form. */
export class Draft {
  #change: Change
  #steps = new Map<number, StepPatch>()
  #timers = new Map<string, TimerRow>()
  #clearTimers = new Map<string, TimerKey>()
  #started: number[] = []
  #afterwards: (() => void)[] = []
  #isEmpty = true

  constructor(taskId: string, epoch: number) {
    this.#change = { taskId, epoch }
  }

  get isEmpty(): boolean {
    return this.#isEmpty
  }

  get hasStarted(): boolean {
    return this.#started.length > 0
  }

  /** Rows are copied when the draft is sent: callers go on changing the same object. */
  step(patch: StepPatch): void {
    this.#steps.set(patch.no, patch)
    this.#isEmpty = false
  }

  start(patch: StepPatch): void {
    this.step(patch)
    this.#started.push(patch.no)
  }

  /** Rows that this draft makes. */
  get newSteps(): number {
    return this.#change.newSteps?.length ?? 0
  }

  newStep(step: NewStep): void {
    this.#change.newSteps = append(this.#change.newSteps, step)
    this.#isEmpty = false
  }

  task(patch: TaskPatch): void {
    this.#change.task = patch
    this.#isEmpty = false
  }

  attempt(row: AttemptRow): void {
    this.#change.attempts = append(this.#change.attempts, row)
    this.#isEmpty = false
  }

  event(draft: EventDraft): void {
    this.#change.events = append(this.#change.events, draft)
    this.#isEmpty = false
  }

  output(row: OutputRow): void {
    this.#change.output = append(this.#change.output, row)
    this.#isEmpty = false
  }

  timer(row: TimerRow): void {
    const key = `${row.stepNo}|${row.kind}`
    this.#clearTimers.delete(key)
    this.#timers.set(key, row)
    this.#isEmpty = false
  }

  clearTimer(key: TimerKey): void {
    this.#timers.delete(`${key.stepNo}|${key.kind}`)
    this.#clearTimers.set(`${key.stepNo}|${key.kind}`, key)
    this.#isEmpty = false
  }

  applied(signalId: number | bigint): void {
    this.#change.appliedSignals = append(this.#change.appliedSignals, signalId)
    this.#isEmpty = false
  }

  births(births: readonly Birth[]): void {
    this.#change.births = [...(this.#change.births ?? []), ...births]
    this.#isEmpty = false
  }

  /** The stronger of two wishes stands; of equals the last. */
  tellChildren(word: WordToChildren): void {
    const told = this.#change.tellChildren
    if (!told || strengthOf(word) >= strengthOf(told)) this.#change.tellChildren = word
    this.#isEmpty = false
  }

  disownChildren(): void {
    this.#change.disownsChildren = true
    this.#isEmpty = false
  }

  result(sealed: Buffer): void {
    this.#change.result = sealed
    this.#isEmpty = false
  }

  input(sealed: Buffer): void {
    this.#change.input = sealed
    this.#isEmpty = false
  }

  resolverInput(sealed: Buffer): void {
    this.#change.resolverInput = sealed
    this.#isEmpty = false
  }

  take(take: Take): void {
    this.#change.takes = append(this.#change.takes, take)
    this.#isEmpty = false
  }

  /** A flush gives back before it takes: what this very draft asks for would stay behind, so it is not asked for. */
  free(stepNo: number): void {
    const isKept = (take: Take) => stepNo !== wholeTask && take.stepNo !== stepNo
    if (this.#change.takes) this.#change.takes = this.#change.takes.filter(isKept)
    this.#change.frees = append(this.#change.frees, stepNo)
    this.#isEmpty = false
  }

  asksFor(stepNo: number): boolean {
    return this.#change.takes?.some((take) => take.stepNo === stepNo) === true
  }

  dropLinks(links: readonly Link[]): void {
    this.#change.dropLinks = links
    this.#isEmpty = false
  }

  links(links: readonly Link[]): void {
    this.#change.links = links
    this.#isEmpty = false
  }

  /** Hands the task back with this flush; with `wake`, somebody should look at it again at once. */
  release(patch: TaskPatch, wake: boolean): void {
    this.task(patch)
    this.#change.release = true
    if (wake) this.#change.wake = true
  }

  afterwards(then: () => void): void {
    this.#afterwards.push(then)
    this.#isEmpty = false
  }

  /** What was collected; the draft is empty again. */
  send(): SentDraft {
    const change = this.#change
    if (this.#steps.size > 0) change.steps = [...this.#steps.values()].map((patch) => ({ ...patch }))
    if (change.task) change.task = { ...change.task, tags: { ...change.task.tags } }
    if (this.#timers.size > 0) change.timers = [...this.#timers.values()]
    if (this.#clearTimers.size > 0) change.clearTimers = [...this.#clearTimers.values()]
    const sent = { change, started: this.#started, afterwards: this.#afterwards }
    this.#change = { taskId: change.taskId, epoch: change.epoch }
    if (this.#steps.size > 0) this.#steps = new Map()
    if (this.#timers.size > 0) this.#timers = new Map()
    if (this.#clearTimers.size > 0) this.#clearTimers = new Map()
    this.#started = []
    this.#afterwards = []
    this.#isEmpty = true
    return sent
  }
}

function strengthOf({ kind }: WordToChildren): number {
  return kind === 'force-cancel' ? 2 : kind === 'cancel' ? 1 : 0
}

function append<T>(list: T[] | undefined, value: T): T[] {
  if (!list) return [value]
  list.push(value)
  return list
}
