import { limits } from '@stint/schema/limits'
import type { OutputStream } from '@stint/schema/words'
import { endLeftGroup } from '../actions/process-group.ts'
import type { AttemptRow, StepPatch } from '../change.ts'
import type { Doors } from '../doors.ts'
import { placeOf, type TaskKey } from '../seal.ts'
import { isBlocked, isRetriable } from '../step.ts'
import { testPoint } from '../test-points.ts'
import { AttemptContext, type AttemptDoor } from './attempt-context.ts'
import { cleanText, errorSummaryOf, fingerprintOf } from './error-summary.ts'
import { Execution } from './execution.ts'
import { LogBuffer } from './log-buffer.ts'
import { type AbortReason, fatalOutcome, outcomeOfAbort, type RawOutcome } from './outcome.ts'
import type { PlanStep } from './plan.ts'
import { nextTry, refusalOfRetry } from './retries.ts'
import type { RunningTask } from './running-task.ts'
import { type Judgement, judge, shape } from './step-texts.ts'
import { isLongTurn, nextTurn } from './turn-time.ts'

/** How this try differs from a plain one. */
export interface AttemptKind {
  /** The step was WAITING and goes on. */
  readonly resumed: boolean
  /** Only the check conditions are asked again; the action ran already. */
  readonly recheck: boolean
}

/** One try of one step in this process: starts when its RUNNING is durable, ends exactly once. */
export class AttemptRun implements AttemptDoor {
  readonly no: number
  /** Share of the work that is done, 0 to 1. */
  share = 0
  readonly run: RunningTask
  readonly step: StepPatch
  readonly #planned: PlanStep
  readonly #kind: AttemptKind
  // Both are made when somebody needs them: most actions are short and say nothing.
  #abort: AbortController | undefined
  #log: LogBuffer | undefined
  readonly #execution: Execution
  #abortReason: AbortReason | undefined
  #isOver = false
  #hasNews = false
  #timers: NodeJS.Timeout[] = []

  constructor(run: RunningTask, planned: PlanStep, step: StepPatch, kind: AttemptKind) {
    this.run = run
    this.step = step
    this.#planned = planned
    this.#kind = kind
    this.no = step.no
    this.#execution = new Execution(run, planned, step)
  }

  /** RUNNING is durable: go. */
  start(): void {
    const point = testPoint('run.running-durable', this.#planned.definition.name)
    if (point) void point.then(() => this.#begin())
    else this.#begin()
  }

  #begin(): void {
    if (this.#isOver) return
    if (this.#abortReason) return this.#end(this.#abortOutcome())
    if (isLongTurn()) return nextTurn(() => this.#begin())
    const { timeoutMs, executionDelayMs } = this.#planned.definition
    if (timeoutMs)
      this.#timers.push(setTimeout(() => this.abort('timeout', this.run.host.abortGraceMs), timeoutMs))
    if (this.#kind.recheck) return this.#end(this.run.values.lastOutcomeOf(this.no))
    if (executionDelayMs > 0) this.#timers.push(setTimeout(() => this.#execute(), executionDelayMs))
    else this.#execute()
  }

  #execute(): void {
    if (this.#isOver || this.#abortReason) return
    const outcome = this.#execution.start(new AttemptContext(this))
    if (!(outcome instanceof Promise)) return this.#end(outcome)
    void outcome.then((ended) => this.#end(this.#abortReason && ended.error ? this.#abortOutcome() : ended))
  }

  // ---- what its action asks for

  get resumed(): boolean {
    return this.#kind.resumed
  }

  get signal(): AbortSignal {
    return this.#abortController.signal
  }

  get #abortController(): AbortController {
    this.#abort ??= new AbortController()
    return this.#abort
  }

  openDoors(): Doors {
    const { facts, host, key } = this.run
    const stopsChildren = this.#planned.definition.onParentStop !== 'leave'
    return host.doorsOf({ ...facts, taskId: facts.id, stepNo: this.no, stopsChildren, key })
  }

  log(text: string, stream: OutputStream): void {
    if (this.#isOver) return
    this.#log ??= new LogBuffer(this.run.masker)
    this.#log.add(text, stream)
    this.run.touchSoon()
  }

  progress(done: number, total: number | undefined): void {
    if (this.#isOver || !total || total <= 0) return
    // Never back inside an attempt: people trust a bar that only grows.
    this.share = Math.max(this.share, Math.min(1, done / total))
    this.run.touchSoon()
  }

  ownProcessGroup(processGroup: number, startedAt: string): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    this.step.processGroup = processGroup
    this.step.processStartedAt = startedAt
    const { draft } = this.run
    draft.step(this.step)
    return new Promise((resolve) => {
      draft.afterwards(resolve)
      this.run.turn()
    })
  }

  // ---- while it runs

  /** Something it may wait for has happened while it runs. */
  news(): void {
    this.#hasNews = true
  }

  /** Moves what was logged into the draft. */
  collectLog(all: boolean): void {
    if (this.#log === undefined) return
    const at = this.run.host.now()
    for (const chunk of this.#log.take(all)) {
      const place = placeOf.chunk(this.no, this.step.attemptNo, chunk.seq)
      const data = this.run.key.sealText(chunk.text, place)
      const { seq, stream } = chunk
      this.run.draft.output({ stepNo: this.no, attemptNo: this.step.attemptNo, seq, stream, at, data })
    }
  }

  // ---- ending

  /** Asks the action to stop; after the grace time it is left behind and counts as ended. */
  abort(reason: AbortReason, graceMs: number): void {
    if (this.#isOver || (this.#abortReason && graceMs > 0)) return
    // Force replaces what was only asked for.
    if (graceMs === 0) this.#abortReason = reason
    else this.#abortReason ??= reason
    this.#abortController.abort(reason)
    if (graceMs === 0) this.#leaveBehind()
    else this.#timers.push(setTimeout(() => this.#leaveBehind(), graceMs))
  }

  /** The action did not end in time, or nobody wants to wait for it: its outcome is ours to say. */
  #leaveBehind(): void {
    this.#killGroup()
    this.#end(this.#abortOutcome())
  }

  /** At once: what the action itself does about its child process may still be polite. */
  #killGroup(): void {
    const { processGroup, processStartedAt } = this.step
    if (processGroup === undefined || processStartedAt === undefined || this.#isOver) return
    endLeftGroup(processGroup, processStartedAt, 0).catch((error) =>
      this.run.host.log.warn({ err: error, processGroup }, 'a process group was not ended'),
    )
  }

  /** The task was lost to this executor: stop the action, write nothing. */
  abandon(why: 'fenced' | 'shutdown'): void {
    // Others may run the step again any moment, or were told that nothing of it runs any more.
    if (why === 'fenced') this.#killGroup()
    this.#isOver = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#abortController.abort(why)
  }

  #abortOutcome(): RawOutcome {
    const { host, values } = this.run
    const continued = this.#kind.resumed ? { output: values.outputOf(this.no), at: host.now() } : undefined
    const { timeoutMs } = this.#planned.definition
    const aborted = { isIdempotent: this.#execution.isIdempotent, timeoutMs, continued }
    return outcomeOfAbort(this.#abortReason ?? 'cancelled', aborted)
  }

  #end(raw: RawOutcome): void {
    if (this.#isOver) return
    const point = testPoint('run.action-ended', this.#planned.definition.name)
    if (point) return void point.then(() => this.#finish(raw))
    this.#finish(raw)
  }

  #finish(raw: RawOutcome): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.collectLog(true)
    const run = this.run
    const wasDone = run.steps.isDone(this.step)
    const judged = this.#judge(raw)
    for (const { no, state, message } of judged.others) run.imposeState(no, state, message)
    const row = this.#record(judged.outcome)
    this.#applyRetry(judged.outcome)
    this.#applyOnError()
    if (this.step.state !== row.state) run.values.setState(this.no, this.step, this.step.errorSummary)
    if (judged.outcome.tags) mergeTags(run, judged.outcome.tags)
    if (judged.outcome.births && this.step.state === 'WAITING') {
      run.draft.births(judged.outcome.births)
      run.children.born(this.no, judged.outcome.births)
    }
    run.attemptEnded(this.no, this.step, row, wasDone)
  }

  /** Whatever a target sent, such as a list nested deeper than the stack, is the failure of this step and of nobody else. */
  #judge(raw: RawOutcome): Judgement {
    const { run, step } = this
    try {
      // What was answered before (a recheck), or not by the action itself, has its form already.
      const shaped = this.#execution.hasRun ? shape(run, this.#planned, step, raw) : raw
      return judge(run, this.#planned, step, shaped)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { outcome: fatalOutcome(`what the action answered cannot be read: ${message}`), others: [] }
    }
  }

  /** Puts the outcome into the step row and the values, and makes the attempt row of it. */
  #record(outcome: RawOutcome): AttemptRow {
    const { host, key, masker, values } = this.run
    const step = this.step
    const endedAt = host.now()
    const { state, output, error, failure, kept } = sealed(outcome, step, key)
    const summary = failure ? errorSummaryOf(masker.mask(failure.message)) : undefined
    step.state = state
    step.endedAt = endedAt
    step.errorSummary = summary
    values.setOutcome(step.no, kept, step)
    const fingerprint =
      summary && fingerprintOf(this.#planned.definition.name, this.#planned.definition.action.type, summary)
    return {
      stepNo: step.no,
      no: step.attemptNo,
      tryNo: step.tryCount,
      state,
      startedAt: step.startedAt ?? endedAt,
      endedAt,
      output,
      error,
      errorSummary: summary,
      errorFingerprint: fingerprint,
    }
  }

  #applyRetry(outcome: RawOutcome): void {
    const step = this.step
    step.dueAt = step.state === 'WAITING' ? outcome.waitUntil : undefined
    // What came while it looked may not have been seen by it: it looks again.
    if (step.state === 'WAITING' && this.#hasNews) step.dueAt = this.run.host.now()
    if (step.state !== 'RETRY_NOW' && !isRetriable(step.state)) return
    const refusal = refusalOfRetry(this.#planned, step)
    if (refusal) {
      step.state = 'FATAL_ERROR'
      step.errorSummary = refusal
    } else if (step.state !== 'RETRY_NOW') {
      step.dueAt = nextTry(this.run, this.#planned, step)
    }
  }

  /** What a failure that stands does to the task is the template's choice. */
  #applyOnError(): void {
    if (!isBlocked(this.step.state) || this.step.state === 'CRASHED') return
    const { onError } = this.run.plan.template
    if (onError === 'skip') this.step.state = 'SKIPPED'
    if (onError === 'fail') {
      this.run.end('fail', false)
      this.run.blame(this.step)
    }
  }
}

interface SealedOutcome {
  readonly state: string
  readonly output: Buffer | undefined
  readonly error: Buffer | undefined
  readonly failure: RawOutcome['error']
  /** What others may read of it: nothing that could not be stored. */
  readonly kept: RawOutcome
}

/** An outcome as it is stored. What cannot be written as JSON, or is too long, makes it a failure of the step. */
function sealed(outcome: RawOutcome, step: StepPatch, key: TaskKey): SealedOutcome {
  const { state, output, metadata, error } = outcome
  const errorPlace = placeOf.attemptError(step.no, step.attemptNo)
  const failed = (message: string): SealedOutcome => {
    const kept = fatalOutcome(message)
    const failure = { message, kind: 'fatal' }
    return { state: kept.state, output: undefined, error: key.sealJson(failure, errorPlace), failure, kept }
  }
  let bytes: Buffer | undefined
  if (output !== undefined || metadata !== undefined) {
    try {
      bytes = key.sealJson({ output, metadata }, placeOf.attemptOutput(step.no, step.attemptNo))
    } catch (problem) {
      return failed(
        `the output cannot be written as JSON: ${problem instanceof Error ? problem.message : problem}`,
      )
    }
    if (bytes.length > limits.stepOutputBytesMax) {
      return failed(`the output is longer than ${limits.stepOutputBytesMax} bytes`)
    }
  }
  return {
    state,
    output: bytes,
    error: error && key.sealJson(error, errorPlace),
    failure: error,
    kept: outcome,
  }
}

function mergeTags(run: RunningTask, tags: Record<string, string>): void {
  // Clear columns: what plug-ins and targets answer may be no text, or none that PostgreSQL takes.
  const clean = (text: unknown) => cleanText(run.masker.mask(String(text)), limits.textLengthMax)
  for (const [name, value] of Object.entries(tags)) {
    if (value === '') delete run.task.patch.tags[clean(name)]
    else run.task.patch.tags[clean(name)] = clean(value)
  }
  run.task.touch()
}
