import type { TaskReason, TaskResult, TaskState } from '@stint/schema/words'
import type { AttemptRow, Change, StepPatch, TaskPatch } from '../change.ts'

import { placeOf, type TaskKey } from '../seal.ts'
import { isBlocked, isFinal, isRetriable } from '../step.ts'
import type { SignalRow } from '../store/signal.ts'
import { canMove, resultOf } from '../task.ts'
import { AttemptRun } from './attempt-run.ts'
import { Draft } from './draft.ts'
import { errorSummaryOf } from './error-summary.ts'
import type { RunHost } from './host.ts'
import { applySignal } from './inbox.ts'
import type { Masker } from './mask.ts'
import { type Plan, type PlanStep, readinessOf } from './plan.ts'
import { decideStart } from './start-decision.ts'
import type { RunValues } from './values.ts'

/*
 * One task in the hands of this executor. A *turn* applies signals, starts what may start and decides what the task is when
 * nothing runs; all it changed goes into one draft, and only when that draft is committed do the started actions begin:
 * RUNNING is durable before an action starts, an outcome before a follower starts. While a draft is being written the next
 * one collects. A task that only waits (for a time, an event, a person) is handed back and leaves no trace in memory.
 */

/** What the row says and no run changes. */
export interface TaskFacts {
  readonly id: string
  readonly epoch: number
  readonly label: string
  readonly ownerName: string
  readonly ownerId: string | undefined
  readonly parentId: string | undefined
  readonly createdAt: Date
  readonly startBefore: Date | undefined
}

export interface TaskRunParts {
  readonly host: RunHost
  readonly facts: TaskFacts
  readonly plan: Plan
  readonly key: TaskKey
  readonly patch: TaskPatch
  readonly steps: StepPatch[]
  readonly values: RunValues
  readonly masker: Masker
}

export interface DependencyState {
  readonly title: string
  readonly state: TaskState
  readonly result: TaskResult
}

/** Progress of a running task is written at most this often. */
const progressEveryMs = 400
const logEveryMs = 100

/** Why no further step may start, and what happens when the running ones have ended. */
type Ending = 'cancel' | 'force-cancel' | 'pause' | 'fail'

export class TaskRun {
  readonly host: RunHost
  readonly facts: TaskFacts
  readonly plan: Plan
  readonly key: TaskKey
  readonly patch: TaskPatch
  readonly steps: StepPatch[]
  readonly values: RunValues
  readonly masker: Masker
  readonly #attempts = new Map<number, AttemptRun>()
  /** Steps to look at in this turn: fresh ones, followers of what just ended, those whose time has come. */
  readonly #candidates = new Set<number>()
  #inbox: SignalRow[] = []
  #draft = new Draft()
  #isWriting = false
  #isGone = false
  #ending: Ending | undefined
  #settledCount = 0
  #progressWrittenMs = 0
  #timer: NodeJS.Timeout | undefined
  /** Why the coming pause happens; a person's wish when absent. */
  pauseReason: TaskReason | undefined
  /** Tasks this one waits for, as they were when their signal was read. */
  dependencies: readonly DependencyState[] = []

  constructor(parts: TaskRunParts) {
    this.host = parts.host
    this.facts = parts.facts
    this.plan = parts.plan
    this.key = parts.key
    this.patch = parts.patch
    this.steps = parts.steps
    this.values = parts.values
    this.masker = parts.masker
    for (const step of this.steps) {
      if (this.isSettled(step)) this.#settledCount++
      else this.#candidates.add(step.no)
    }
  }

  get id(): string {
    return this.facts.id
  }

  get isGone(): boolean {
    return this.#isGone
  }

  get draft(): Draft {
    return this.#draft
  }

  get ending(): Ending | undefined {
    return this.#ending
  }

  get runningSteps(): number {
    return this.#attempts.size
  }

  /** Signals read from the mailbox; those already here are ignored. */
  receive(signals: readonly SignalRow[]): void {
    const last = this.#inbox.at(-1)?.id ?? this.#appliedUpTo
    this.#inbox.push(...signals.filter((signal) => BigInt(signal.id) > BigInt(last)))
    this.turn()
  }
  #appliedUpTo: number | bigint = 0

  /** Applies what came, starts what may start, and sends the draft on its way. Nothing happens while one is being written. */
  turn(): void {
    if (this.#isGone || this.#isWriting) return
    for (const signal of this.#inbox.splice(0)) {
      this.#appliedUpTo = signal.id
      applySignal(this, signal)
      this.#draft.applied(signal.id)
    }
    if (this.isAdvancing) this.#startReady()
    if (this.#attempts.size === 0 && this.#draft.started.length === 0) this.#settle()
    this.#submit()
  }

  /** Is this task in a state in which steps may run? */
  get isAdvancing(): boolean {
    if (this.#ending) return false
    const { state, reason } = this.patch
    return state === 'running' || (state === 'pending' && reason === 'queued')
  }

  // ---- starting

  #startReady(): void {
    if (!this.host.startsSteps()) return
    const stateOf = (no: number) => this.steps[no]?.state ?? 'TODO'
    for (const no of this.#candidates) {
      const step = this.steps[no]
      const planned = this.plan.steps[no]
      if (!step || !planned || !this.#mayStart(step)) {
        this.#candidates.delete(no)
        continue
      }
      const readiness = step.state === 'TODO' ? readinessOf(this.plan, no, stateOf) : 'ready'
      if (readiness === 'waiting') this.#candidates.delete(no)
      else if (readiness === 'prune') this.settleStep(no, 'PRUNE')
      else if (!this.#tryStart(planned, step)) return
      if (this.#ending) return
    }
  }

  #mayStart(step: StepPatch): boolean {
    if (this.#attempts.has(step.no) || step.dueAt) return false
    return (
      step.state === 'TODO' ||
      step.state === 'RETRY_NOW' ||
      isRetriable(step.state) ||
      step.state === 'WAITING'
    )
  }

  /** False when there is no room; the step stays a candidate. */
  #tryStart(planned: PlanStep, step: StepPatch): boolean {
    if (this.#attempts.size >= this.plan.template.maxParallel) return false
    const decision = decideStart(this, planned, step)
    if (decision.kind === 'settled') return true
    if (!this.host.slots.tryTake(this)) return false
    this.#candidates.delete(step.no)
    if (this.patch.state !== 'running') this.moveTo('running', undefined)
    else if (this.patch.reason) this.setReason(undefined)
    const resumed = step.state === 'WAITING'
    const recheck = step.state === 'AFTERRUN_ERROR'
    step.state = 'RUNNING'
    if (!resumed) step.tryCount++
    step.attemptNo++
    step.startedAt = this.host.now()
    step.endedAt = undefined
    step.processGroup = undefined
    step.processStartedAt = undefined
    this.#draft.step(step)
    this.#draft.started.push(step.no)
    this.#attempts.set(step.no, new AttemptRun(this, planned, step, { resumed, recheck }))
    return true
  }

  // ---- what happens to steps

  isSettled(step: StepPatch): boolean {
    return isFinal(step.state, this.customStatesOf(step.no)) || isBlocked(step.state)
  }

  customStatesOf(no: number): readonly string[] {
    return this.plan.steps[no]?.definition.customStates ?? []
  }

  isFinalStep(step: StepPatch): boolean {
    return isFinal(step.state, this.customStatesOf(step.no))
  }

  /** Somebody answered for a step that nobody knows the outcome of: it is done, with this output. */
  completeStep(no: number, output: unknown): void {
    const step = this.steps[no]
    if (!step) return
    const at = this.host.now()
    step.attemptNo++
    const sealed = this.key.sealJson({ output }, placeOf.attemptOutput(no, step.attemptNo))
    this.#draft.attempt({
      stepNo: no,
      no: step.attemptNo,
      tryNo: step.tryCount,
      state: 'DONE',
      startedAt: at,
      endedAt: at,
      output: sealed,
      error: undefined,
      errorSummary: undefined,
      errorFingerprint: undefined,
    })
    step.errorSummary = undefined
    this.values.setOutcome(no, { state: 'DONE', output }, step)
    this.settleStep(no, 'DONE')
  }

  /** Gives a step that does not run a new state; followers are looked at again. */
  settleStep(no: number, state: string, error?: string): void {
    const step = this.steps[no]
    if (!step) return
    const before = this.isSettled(step)
    step.state = state
    step.endedAt ??= this.host.now()
    step.dueAt = undefined
    if (error !== undefined) step.errorSummary = errorSummaryOf(this.masker.mask(error))
    this.values.setState(no, step, error)
    this.#draft.step(step)
    this.noteSettled(step, before)
  }

  /** Counts what settled and finds out who may follow. */
  noteSettled(step: StepPatch, before: boolean): void {
    const after = this.isSettled(step)
    if (after !== before) this.#settledCount += after ? 1 : -1
    this.#candidates.delete(step.no)
    if (!after) this.#candidates.add(step.no)
    for (const follower of this.plan.steps[step.no]?.dependants ?? []) this.#candidates.add(follower)
    for (const follower of this.plan.waitsForAny) this.#candidates.add(follower)
  }

  /** A step shall run again: now, or at `dueAt`. */
  rerunStep(no: number, state: string): void {
    const step = this.steps[no]
    if (!step || this.#attempts.has(no)) return
    const before = this.isSettled(step)
    step.state = state
    step.dueAt = undefined
    step.endedAt = undefined
    this.#draft.step(step)
    this.#draft.clearTimer({ stepNo: no, kind: 'retry' })
    this.noteSettled(step, before)
  }

  /** An attempt ended: its outcome is in the step; the place it took is free. */
  attemptEnded(attempt: AttemptRun, row: AttemptRow, before: boolean): void {
    this.#attempts.delete(attempt.no)
    this.host.slots.free()
    this.#draft.attempt(row)
    const step = this.steps[attempt.no]
    if (step) {
      this.#draft.step(step)
      if (step.dueAt) {
        const kind = step.state === 'WAITING' ? 'wait' : 'retry'
        this.#draft.timer({ taskId: this.id, stepNo: step.no, kind, dueAt: step.dueAt })
      }
      this.noteSettled(step, before)
    }
    if (this.patch.takeovers > 0) {
      this.patch.takeovers = 0
      this.touchTask()
    }
    this.turn()
  }

  // ---- what happens to the task

  touchTask(): void {
    this.patch.progress = this.#progress()
    this.#progressWrittenMs = performance.now()
    this.#draft.task(this.patch)
  }

  moveTo(state: TaskState, reason: TaskReason | undefined, actor?: string): void {
    const from = this.patch.state
    const passesPending = from === 'paused' && state === 'running'
    if (!passesPending && !canMove(from, this.patch.reason, state)) {
      throw new Error(`a task cannot go from ${from} to ${state}`)
    }
    const at = this.host.now()
    this.patch.state = state
    this.patch.reason = reason
    this.patch.stateUpdatedAt = at
    if (state === 'running') this.patch.startedAt ??= at
    if (state === 'stopped') {
      this.patch.endedAt = at
      this.patch.result = resultOf(
        reason,
        this.steps.map((s) => s.state),
      )
      if (this.patch.result === 'success') {
        this.patch.errorSummary = undefined
        this.patch.errorFingerprint = undefined
      }
    }
    const data = { ...(reason && { reason }), ...(state === 'stopped' && { result: this.patch.result }) }
    this.#draft.event({
      at,
      kind: 'task',
      name: state,
      ...(actor && { actor }),
      ...(reason || state === 'stopped' ? { data } : {}),
    })
    this.touchTask()
  }

  setReason(reason: TaskReason | undefined): void {
    if (this.patch.reason === reason) return
    this.patch.reason = reason
    this.touchTask()
  }

  /** Due and free: an executor may take it up. */
  queue(): void {
    if (this.patch.state === 'pending') this.setReason('queued')
    else this.moveTo('pending', 'queued')
  }

  /** No further step starts; running ones are asked to stop, or may end by themselves when it is only a pause. */
  end(ending: Ending, abort: boolean): void {
    // A stronger ending replaces a weaker one, never the other way round.
    if (this.#ending === 'force-cancel' || (this.#ending === 'cancel' && ending !== 'force-cancel')) return
    this.#ending = ending
    if (!abort) return
    const graceMs = ending === 'force-cancel' ? 0 : this.host.abortGraceMs
    for (const attempt of this.#attempts.values()) attempt.abort('cancelled', graceMs)
  }

  /** Takes back a pause or failure that has not been carried out. */
  goOn(): void {
    if (this.#ending === 'pause' || this.#ending === 'fail') this.#ending = undefined
  }

  abortStep(no: number, why: 'timeout' | 'cancelled' | 'shutdown'): void {
    this.#attempts.get(no)?.abort(why, this.host.abortGraceMs)
  }

  /** The executor stops: what still runs is asked to end. */
  shutDown(): void {
    for (const attempt of this.#attempts.values()) attempt.abort('shutdown', this.host.abortGraceMs)
    this.turn()
  }

  // ---- nothing runs: what is the task now?

  #settle(): void {
    const { state } = this.patch
    if (state === 'stopped') return
    if (this.#ending === 'cancel' || this.#ending === 'force-cancel')
      return this.#stop('cancelled', 'CANCELLED')
    if (this.#ending === 'fail') return this.#stop(undefined, 'PRUNE')
    if (this.#ending === 'pause') {
      this.#ending = undefined
      if (state !== 'paused') this.moveTo('paused', this.pauseReason ?? 'by-user')
      return this.#release(false)
    }
    if (!this.isAdvancing) return this.#release(false)
    this.#settleAdvancing()
  }

  #settleAdvancing(): void {
    const unsettled = this.steps.filter((step) => !isFinal(step.state, this.customStatesOf(step.no)))
    if (unsettled.length === 0) return this.#stop(undefined, undefined)
    if (!this.host.startsSteps()) {
      if (this.patch.state === 'running' && this.#candidates.size > 0) this.moveTo('pending', 'queued')
      return this.#release(true)
    }
    // What may start waits for a place among the running actions of this executor.
    if (this.#candidates.size > 0) return
    // One failing branch does not stop the retries of another: a person is asked when nothing moves by itself any more.
    const waiting = unsettled.find((s) => s.state === 'WAITING')
    const retrying = unsettled.some((s) => isRetriable(s.state) && s.dueAt)
    if (waiting || retrying) {
      if (this.patch.state !== 'running') this.moveTo('running', undefined)
      this.setReason(waiting ? waitReasonOf(waiting) : 'retrying')
      return this.#release(false)
    }
    this.moveToPause(unsettled)
    this.#release(false)
  }

  moveToPause(unsettled: readonly StepPatch[]): void {
    const crashed = unsettled.find((s) => s.state === 'CRASHED')
    const blocked = crashed ?? unsettled.find((s) => isBlocked(s.state))
    const exhausted = unsettled.find((s) => isRetriable(s.state))
    const reason = crashed
      ? 'needs-review'
      : blocked
        ? 'step-failed'
        : exhausted
          ? 'retries-exhausted'
          : 'deadlock'
    const culprit = blocked ?? exhausted
    if (culprit?.errorSummary)
      this.patch.errorSummary = errorSummaryOf(`${this.nameOf(culprit.no)}: ${culprit.errorSummary}`)
    if (this.patch.state === 'pending') this.moveTo('running', undefined)
    this.moveTo('paused', reason)
  }

  nameOf(no: number): string {
    return this.plan.steps[no]?.definition.name ?? String(no)
  }

  #stop(reason: TaskReason | undefined, rest: 'CANCELLED' | 'PRUNE' | undefined): void {
    if (rest) {
      for (const step of this.steps) {
        if (this.isSettled(step)) continue
        step.state = rest
        step.endedAt = this.host.now()
        step.dueAt = undefined
        this.#draft.step(step)
      }
    }
    this.#ending = undefined
    if (this.patch.state === 'pending' && reason === undefined) this.moveTo('running', undefined)
    this.#renderResult()
    this.moveTo('stopped', reason)
  }

  /** Ends a task from any state, for reasons that no step knows of. */
  stopFor(reason: TaskReason, rest: 'CANCELLED' | 'PRUNE'): void {
    this.#stop(reason, rest)
  }

  #renderResult(): void {
    if (Object.keys(this.plan.template.resultFormat).length === 0) return
    try {
      this.#draft.result = this.key.sealJson(
        this.values.render(this.plan.template.resultFormat),
        placeOf.result,
      )
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.#draft.event({
        at: this.host.now(),
        kind: 'task',
        name: 'result-not-rendered',
        data: { message: errorSummaryOf(this.masker.mask(message)) },
      })
    }
  }

  #release(wake: boolean): void {
    this.#draft.release = true
    this.#draft.wake = wake
    this.touchTask()
  }

  // ---- log and progress of running steps

  /** Something small happened (a log line, progress): it travels with the next flush, soon but not at once. */
  touchSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      for (const attempt of this.#attempts.values()) attempt.collectLog(false)
      if (performance.now() - this.#progressWrittenMs >= progressEveryMs) this.touchTask()
      this.turn()
    }, logEveryMs)
  }

  #progress(): number {
    if (this.steps.length === 0) return 1
    if (this.patch.state === 'stopped' && this.patch.result === 'success') return 1
    let done = this.#settledCount
    for (const attempt of this.#attempts.values()) done += attempt.share
    return Math.min(1, done / this.steps.length)
  }

  // ---- writing

  /** The first turn of a task that is born in our hands; its rows travel with the birth. Call `born` when that is durable. */
  firstTurn(): { change: Change; born: () => void } {
    this.#startReady()
    if (this.#attempts.size === 0) this.#settle()
    const draft = this.#draft
    this.#draft = new Draft()
    this.#isWriting = true
    return {
      change: draft.toChange(this.id, this.facts.epoch),
      born: () => this.#written(draft, this.patch.state === 'stopped'),
    }
  }

  #submit(): void {
    if (this.#draft.isEmpty) return
    const draft = this.#draft
    this.#draft = new Draft()
    this.#isWriting = true
    const change = draft.toChange(this.id, this.facts.epoch)
    this.#send(change, draft)
  }

  #send(change: Change, draft: Draft): void {
    this.host.flusher.submit({
      kind: 'change',
      change,
      written: (released) => this.#written(draft, released),
      fenced: () => this.abandon('fenced'),
      refused: (error) => this.#refused(change, draft, error),
    })
  }

  #written(draft: Draft, released: boolean): void {
    this.#isWriting = false
    for (const then of draft.afterwards) then()
    if (released) return this.#leave()
    for (const no of draft.started) this.#attempts.get(no)?.start()
    // A release that did not happen means that there is mail: it must be read before the task can be handed back.
    if (draft.release) this.host.readSignals(this)
    else this.turn()
  }

  /**
   * The database refuses what the task wants to write. The part that came from actions (outputs, log) is left out, the steps
   * it belongs to fail with the reason, and a person is asked.
   */
  #refused(change: Change, draft: Draft, error: unknown): void {
    const message = `The database refused what this step produced: ${error instanceof Error ? error.message : String(error)}`
    const isSecondTime = !change.attempts && !change.output
    if (isSecondTime) {
      this.host.log.error({ err: error, taskId: this.id }, 'a task cannot be written')
      return this.abandon('fenced')
    }
    for (const attempt of change.attempts ?? []) {
      const step = this.steps[attempt.stepNo]
      if (!step) continue
      step.state = 'FATAL_ERROR'
      step.errorSummary = errorSummaryOf(message)
      this.#draft.step(step)
      this.#draft.attempt({
        ...attempt,
        state: 'FATAL_ERROR',
        output: undefined,
        error: undefined,
        errorSummary: step.errorSummary,
      })
    }
    this.end('pause', true)
    this.pauseReason = 'needs-review'
    const { attempts: _, output: __, result: ___, events: ____, ...rest } = change
    this.#send(
      { ...rest, steps: rest.steps?.filter((s) => this.steps[s.no]?.state !== 'FATAL_ERROR') ?? [] },
      draft,
    )
  }

  /** The task is no longer ours: whatever runs is aborted and nothing of it is written. */
  abandon(why: 'fenced' | 'shutdown'): void {
    if (this.#isGone) return
    for (const attempt of this.#attempts.values()) attempt.abandon(why)
    this.#leave()
  }

  #leave(): void {
    this.#isGone = true
    clearTimeout(this.#timer)
    for (const _ of this.#attempts) this.host.slots.free()
    this.#attempts.clear()
    this.host.slots.forget(this)
    this.host.onGone(this)
  }
}

function waitReasonOf(step: StepPatch): TaskReason {
  return step.dueAt ? 'waiting-until' : 'waiting-callback'
}
