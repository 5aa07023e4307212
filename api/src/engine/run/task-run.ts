import type { TaskReason } from '@stint/schema/words'
import type { AttemptRow, Change, StepPatch } from '../change.ts'
import type { TakeAnswer } from '../lock.ts'
import type { TaskKey } from '../seal.ts'
import { isBlocked, isRetriable } from '../step.ts'
import type { SignalRow } from '../store/signal.ts'
import type { AttemptRun } from './attempt-run.ts'
import { RunChildren } from './children.ts'
import { applySignal } from './commands/apply.ts'
import { beginAnew } from './commands/start-over.ts'
import { Draft, type SentDraft } from './draft.ts'
import { isCancel, isForced, isPending, keepsSteps } from './ending.ts'
import { errorSummaryOf } from './error-summary.ts'
import type { RunHost } from './host.ts'
import { Inbox } from './inbox.ts'
import { applyAnswer } from './lock-answer.ts'
import { LockBook } from './lock-book.ts'
import type { Masker } from './mask.ts'
import { tellNews } from './news-of-run.ts'
import { Pace } from './pace.ts'
import type { Plan } from './plan.ts'
import { progressOf } from './progress.ts'
import { comeToRest, withoutProducts } from './refused-change.ts'
import { stuckBecause } from './rest-reason.ts'
import { renderResult } from './result.ts'
import { imposeRetry } from './retries.ts'
import type { DependencyState, Ending, RunningTask, TaskFacts } from './running-task.ts'
import { startReady } from './start-steps.ts'
import { StepBook } from './step-book.ts'
import { TaskRecord } from './task-record.ts'
import type { TaskRunParts } from './task-run-parts.ts'
import type { RunValues } from './values.ts'
import { isDueSoon, waitReasonOf } from './waiting.ts'

/*
 * One task in the hands of this executor. A *turn* applies signals, starts what may start and decides what the task is when
 * nothing runs; all it changed goes into one draft, and only when that draft is committed do the started actions begin:
 * RUNNING is durable before an action starts, an outcome before a follower starts. While a draft is being written the next
 * one collects. A task that only waits (for a time, an event, a person) is handed back and leaves no trace in memory.
 */

/** Progress of a running task is written at most this often, its log a little sooner. */
const progressEveryMs = 400
const logEveryMs = 100

export class TaskRun implements RunningTask {
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
  dependencies: readonly DependencyState[] = []
  pauseReason: TaskReason | undefined
  isStale = false
  readonly children: RunChildren
  readonly #attempts = new Map<number, AttemptRun>()
  readonly #inbox = new Inbox()
  /** Signals that stay in the mailbox until what they want is done. */
  #pending: SignalRow['id'][] = []
  #isTurning = false
  #isWriting = false
  #isGone = false
  #ending: Ending | undefined
  #endedBy: string | undefined
  // The row of a task with many short steps is not written for each of them.
  readonly #progressPace = new Pace(
    progressEveryMs,
    () => this.task.touchProgress(),
    () => this.turn(),
  )
  #soon: NodeJS.Timeout | undefined

  constructor({ host, facts, plan, key, patch, steps, values, masker, ...locks }: TaskRunParts) {
    this.host = host
    this.facts = facts
    this.plan = plan
    this.key = key
    this.values = values
    this.masker = masker
    this.draft = new Draft(facts.id, facts.epoch)
    this.children = new RunChildren(this.draft, plan.bearsChildren)
    const { ownerName, priority } = facts
    this.locks = new LockBook({ draft: this.draft, ownerName, priority, ...locks })
    const lengthOf = (loopNo: number) => values.loopOf(loopNo)?.items.length ?? 0
    this.steps = new StepBook({
      plan,
      rows: steps,
      draft: this.draft,
      now: () => host.now(),
      letGo: (no) => this.locks.ended(no),
      lengthOf,
    })
    this.task = new TaskRecord(patch, {
      draft: this.draft,
      now: () => host.now(),
      stepStates: () => this.steps.rows.map((step) => step.state),
      progress: () =>
        progressOf(
          this,
          [...this.#attempts.values()].map((attempt) => attempt.share),
        ),
    })
  }

  get id(): string {
    return this.facts.id
  }

  get ending(): Ending | undefined {
    return this.#ending
  }

  /** Signals read from the mailbox. */
  receive(signals: readonly SignalRow[]): void {
    this.#inbox.receive(signals)
    this.turn()
  }

  /** Applies what came, starts what may start, and sends the draft on its way. Nothing happens while one is being written. */
  turn(): void {
    // An attempt that is ended by force ends in the middle of a turn and asks for another: this one goes on and sees it.
    if (this.#isGone || this.#isWriting || this.#isTurning) return
    this.#isTurning = true
    try {
      const news = this.#inbox.take()
      for (const signal of news) {
        applySignal(this, signal)
        // An executor that dies before it is carried out does not take it along.
        if (isPending(this.#ending, signal.kind)) this.#pending.push(signal.id)
        else this.draft.applied(signal.id)
      }
      // Whatever the news was about, a step that may start now must not wait for the slot of another one.
      const isHeldBack = this.task.patch.reason === 'capacity' && this.steps.candidates.size > 0
      if (news.length > 0 && isHeldBack) this.task.queue()
      this.#advance()
    } finally {
      this.#isTurning = false
    }
    if (!this.draft.isEmpty) this.#send(this.draft.send())
  }

  #advance(): void {
    if (this.#mayAdvance && this.#startsSteps && this.#isAdmitted()) startReady(this, this.#attempts)
    // What the answer about a lock will be decides what the task is.
    if (this.#attempts.size === 0 && !(this.locks.isAsking && this.#mayAdvance)) this.#settle()
  }

  /** Before its first step, and after every pause, a task must hold what it needs; asking for what it holds is cheap. */
  #isAdmitted(): boolean {
    return this.task.state !== 'pending' || this.locks.gateTask() === 'open'
  }

  get #mayAdvance(): boolean {
    return !this.#ending && this.task.isRunnable
  }

  // ---- starting steps

  /** Is this the place where steps of this task run? */
  get #startsSteps(): boolean {
    return !this.isStale && this.host.startsSteps(this.facts)
  }

  settleStep(no: number, state: string, message?: string): void {
    const step = this.steps.rows[no]
    if (!step || this.#attempts.has(no)) return
    // What a failure that stands does to the task is the template's choice.
    const { onError } = this.plan.template
    const isFailure = isBlocked(state) && state !== 'CRASHED'
    const left = isFailure && onError === 'skip' ? 'SKIPPED' : state
    this.steps.settle(no, left, message && errorSummaryOf(this.masker.mask(message)))
    this.values.setState(no, step, message)
    if (!isFailure || onError !== 'fail') return
    this.end('fail', false)
    this.blame(step)
  }

  imposeState(no: number, state: string, message: string): void {
    if (state === 'RETRY_NOW' || isRetriable(state)) imposeRetry(this, no, state, message)
    else this.settleStep(no, state, message === '' ? undefined : message)
  }

  attemptEnded(no: number, step: StepPatch, row: AttemptRow, wasDone: boolean): void {
    this.#attempts.delete(no)
    this.host.slots.free()
    this.locks.ended(no)
    this.draft.attempt(row)
    this.draft.step(step)
    if (step.dueAt && step.dueAt > this.host.now()) {
      const kind = step.state === 'WAITING' ? 'wait' : 'retry'
      this.draft.timer({ taskId: this.id, stepNo: step.no, kind, dueAt: step.dueAt })
    }
    this.steps.moved(step, wasDone)
    this.steps.ended(step)
    this.#progressPace.ask()
    if (this.task.patch.takeovers > 0) {
      this.task.patch.takeovers = 0
      this.task.touch()
    }
    this.turn()
  }

  // ---- ending

  end(ending: Ending, abort: boolean, actor?: string): void {
    // A stronger ending replaces a weaker one, never the other way round.
    if (isForced(this.#ending) || (this.#ending === 'cancel' && !isForced(ending))) return
    this.#ending = ending
    this.#endedBy = actor
    if (isCancel(ending)) this.children.stop(ending, actor)
    if (!abort) return
    const graceMs = isForced(ending) ? 0 : this.host.abortGraceMs
    const why = ending === 'force-unlock' ? 'given-up' : 'cancelled'
    for (const attempt of [...this.#attempts.values()]) attempt.abort(why, graceMs)
  }

  news(no: number): void {
    const attempt = this.#attempts.get(no)
    if (attempt) return attempt.news()
    const step = this.steps.rows[no]
    // Due from now on, also for the executor that finds it so when the task is resumed.
    if (step?.state === 'WAITING') this.steps.reopen(no, 'WAITING')
  }

  goOn(): void {
    if (this.#ending !== 'pause' && this.#ending !== 'fail') return
    this.#ending = undefined
    this.#carriedOut()
  }

  #carriedOut(): void {
    for (const id of this.#pending.splice(0)) this.draft.applied(id)
  }

  /** The executor stops: what still runs is asked to end. */
  shutDown(): void {
    for (const attempt of this.#attempts.values()) attempt.abort('shutdown', this.host.abortGraceMs)
    this.turn()
  }

  /** Nothing runs: what is the task now? */
  #settle(): void {
    if (this.task.state === 'stopped') return
    const ending = this.#ending
    const isOrderly = ending === 'cancel' || ending === 'fail' || ending === 'start-over'
    // It stays in our hands until the signals of its children have come.
    if (isOrderly && this.children.mustEndFirst(this.#endedBy)) return
    this.#ending = undefined
    this.#carriedOut()
    if (isCancel(ending)) this.stop('cancelled', 'CANCELLED')
    else if (ending === 'force-unlock') this.stop('halted', 'CANCELLED')
    else if (ending === 'fail') this.stop(undefined, 'PRUNE')
    else if (ending === 'start-over') this.#startOver()
    else if (ending === 'pause') this.#pause(this.pauseReason ?? 'by-user')
    else if (this.task.isRunnable) this.#settleRunnable()
    else this.#release(false)
  }

  #settleRunnable(): void {
    // What may start waits for a place among the running actions of this executor.
    if (this.#startsSteps && this.steps.hasWork) return undefined
    const open = this.steps.open()
    if (open.length === 0 && !this.children.mustEndFirst()) return this.stop(undefined, undefined)
    if (!this.#startsSteps) {
      if (this.task.state === 'running' && this.steps.hasWork) this.task.queue()
      return this.#release(true)
    }
    if (this.locks.hasWaitingSteps) this.task.waitForCapacity()
    if (this.locks.hasWaitingSteps) return this.#release(false)
    // One failing branch does not stop the retries of another: a person is asked when nothing moves by itself.
    const moving = open.filter((step) => this.steps.readinessOf(step) === 'ready')
    const waiting = open.length === 0 ? 'waiting-subtask' : waitReasonOf(this.plan, moving)
    const isRetrying = moving.some((step) => isRetriable(step.state) && step.dueAt)
    if (!waiting && !isRetrying) return this.#pause(stuckBecause(this, open))
    this.task.run()
    this.task.setReason(waiting ?? 'retrying')
    if (this.host.hasRoom && isDueSoon(moving, this.host.now())) return undefined
    return this.#release(false)
  }

  #startOver(): void {
    beginAnew(this)
    this.#release(true)
  }

  blame(step: StepPatch | undefined): void {
    if (!step?.errorSummary) return
    this.task.patch.errorSummary = errorSummaryOf(`${this.steps.nameOf(step.no)}: ${step.errorSummary}`)
  }

  #pause(reason: TaskReason): void {
    // It keeps what it has, but no place in a queue: others would stand behind somebody who does not want to go.
    this.locks.rest()
    this.children.rest()
    if (this.task.state === 'pending' || this.task.state === 'running') this.task.moveTo('paused', reason)
    this.#release(false)
  }

  stop(reason: TaskReason | undefined, rest: 'CANCELLED' | 'PRUNE' | undefined): void {
    // How far it came: what is closed now was not done.
    this.task.touch()
    if (rest && !keepsSteps(reason, this.task.patch.startedAt)) this.steps.closeOpen(rest)
    // Whatever ended it: none is left behind, not even one that is born in this very flush.
    this.children.stop('cancel', this.#endedBy)
    if (this.task.state === 'pending' && reason === undefined) this.task.run()
    renderResult(this)
    this.locks.freeAll()
    this.task.moveTo('stopped', reason)
  }

  #release(wake: boolean): void {
    this.task.touch()
    this.draft.release(this.task.patch, wake)
  }

  touchSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined
      for (const attempt of this.#attempts.values()) attempt.collectLog(false)
      this.#progressPace.ask()
      this.turn()
    }, logEveryMs)
  }

  // ---- writing

  /** The first turn of a task that is born in our hands; its rows travel with the birth. Call `born` when that is durable. */
  firstTurn(): { change: Change; born: () => void } {
    this.#advance()
    const sent = this.draft.send()
    this.#isWriting = true
    return { change: sent.change, born: () => this.#written(sent, this.task.state === 'stopped') }
  }

  #send(sent: SentDraft): void {
    this.#isWriting = true
    tellNews(this, sent)
    this.host.flusher.submit({
      kind: 'change',
      change: sent.change,
      written: (released, answers) => this.#written(sent, released, answers),
      fenced: () => this.abandon('fenced'),
      refused: (error) => this.#refused(sent, error),
    })
  }

  #written(sent: SentDraft, released: boolean, answers: readonly TakeAnswer[] = []): void {
    this.#isWriting = false
    if (sent.change.task) this.task.stored = sent.change.task
    for (const then of sent.afterwards) then()
    for (const answer of answers) applyAnswer(this, answer)
    if (released) {
      const hasMail = !this.#inbox.isEmpty
      this.#leave()
      // Mail that came between the release and its answer: nobody holds the task now, and its hint may be used up.
      // What was changed by hand is read anew, here if this is the place: a hint takes its time.
      if (hasMail || (this.isStale && this.host.startsSteps(this.facts))) this.host.takeAgain(this.id)
      return
    }
    for (const no of sent.started) this.#attempts.get(no)?.start()
    // A release that did not happen means that there is mail: it must be read before the task can be handed back.
    if (sent.change.release) this.host.readSignals(this)
    else this.turn()
  }

  /** The database refuses what the task wants to write: what actions produced is left out, and a person is asked. */
  #refused(sent: SentDraft, error: unknown): void {
    this.host.log.error({ err: error, taskId: this.id }, 'a task cannot be written')
    const change = withoutProducts(this, sent.change, error)
    if (!change) {
      this.abandon('fenced')
      return comeToRest(this, sent.change, error)
    }
    this.pauseReason = 'step-failed'
    this.end('pause', true)
    this.#send({ ...sent, change })
  }

  /** The task is no longer ours: whatever runs is aborted and nothing of it is written. */
  abandon(why: 'fenced' | 'shutdown'): void {
    if (this.#isGone) return
    for (const attempt of this.#attempts.values()) attempt.abandon(why)
    this.#leave()
  }

  #leave(): void {
    this.#isGone = true
    clearTimeout(this.#soon)
    this.#progressPace.stop()
    for (const _ of this.#attempts) this.host.slots.free()
    this.#attempts.clear()
    this.host.slots.forget(this)
    this.host.onGone(this)
  }
}
