import type {
  AttemptRow,
  Change,
  EventDraft,
  NewSignal,
  OutputRow,
  StepPatch,
  TaskPatch,
  TimerKey,
  TimerRow,
} from '../change.ts'

/** Collects what a task changes until its next flush; each row once, in its last form. */
export class Draft {
  readonly #steps = new Map<number, StepPatch>()
  readonly #attempts: AttemptRow[] = []
  readonly #events: EventDraft[] = []
  readonly #output: OutputRow[] = []
  readonly #timers = new Map<string, TimerRow>()
  readonly #clearTimers = new Map<string, TimerKey>()
  readonly #applied: (number | bigint)[] = []
  readonly #signals: NewSignal[] = []
  #task: TaskPatch | undefined
  /** Steps that became RUNNING in this draft; their actions start once it is written. */
  readonly started: number[] = []
  /** Called when the draft is durable. */
  readonly afterwards: (() => void)[] = []
  result: Buffer | undefined
  resolverInput: Buffer | undefined
  release = false
  wake = false

  /** Rows are copied when taken, so callers go on changing the same object. */
  step(patch: StepPatch): void {
    this.#steps.set(patch.no, patch)
  }

  task(patch: TaskPatch): void {
    this.#task = patch
  }

  attempt(row: AttemptRow): void {
    this.#attempts.push(row)
  }

  event(draft: EventDraft): void {
    this.#events.push(draft)
  }

  output(row: OutputRow): void {
    this.#output.push(row)
  }

  timer(row: TimerRow): void {
    const key = `${row.stepNo}|${row.kind}`
    this.#clearTimers.delete(key)
    this.#timers.set(key, row)
  }

  clearTimer(key: TimerKey): void {
    this.#timers.delete(`${key.stepNo}|${key.kind}`)
    this.#clearTimers.set(`${key.stepNo}|${key.kind}`, key)
  }

  applied(signalId: number | bigint): void {
    this.#applied.push(signalId)
  }

  signal(signal: NewSignal): void {
    this.#signals.push(signal)
  }

  get isEmpty(): boolean {
    return (
      this.#steps.size +
        this.#attempts.length +
        this.#events.length +
        this.#output.length +
        this.#timers.size ===
        0 &&
      this.#clearTimers.size + this.#applied.length + this.#signals.length + this.afterwards.length === 0 &&
      !this.#task &&
      !this.release &&
      !this.result &&
      !this.resolverInput
    )
  }

  toChange(taskId: string, epoch: number): Change {
    const change: Change = { taskId, epoch }
    if (this.#steps.size > 0) change.steps = [...this.#steps.values()].map((patch) => ({ ...patch }))
    if (this.#task) change.task = { ...this.#task }
    if (this.#attempts.length > 0) change.attempts = this.#attempts
    if (this.#events.length > 0) change.events = this.#events
    if (this.#output.length > 0) change.output = this.#output
    if (this.#timers.size > 0) change.timers = [...this.#timers.values()]
    if (this.#clearTimers.size > 0) change.clearTimers = [...this.#clearTimers.values()]
    if (this.#applied.length > 0) change.appliedSignals = this.#applied
    if (this.#signals.length > 0) change.signalsTo = this.#signals
    if (this.result) change.result = this.result
    if (this.resolverInput) change.resolverInput = this.resolverInput
    if (this.release) change.release = true
    if (this.wake) change.wake = true
    return change
  }
}
