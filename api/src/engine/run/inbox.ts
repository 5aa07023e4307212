import type { ReviewDecision, SignalKind } from '@stint/schema/words'
import type { StepPatch } from '../change.ts'
import { placeOf } from '../seal.ts'
import { isBlocked, isRetriable } from '../step.ts'
import type { SignalRow } from '../store/signal.ts'
import { errorSummaryOf } from './error-summary.ts'
import type { RunningTask } from './running-task.ts'

/*
 * What each signal does to a task. A signal that no longer fits (a resume of a task that runs, a second cancel) is applied
 * as nothing and disappears: whoever sent it was answered when it became durable, and the record shows what happened since.
 */

export interface ReviewPayload {
  readonly decision: ReviewDecision
  readonly output?: unknown
}

type Handler = (run: RunningTask, signal: SignalRow) => void

const handlers: Partial<Record<SignalKind, Handler>> = {
  cancel: (run, signal) => cancel(run, signal, 'cancel'),
  'force-cancel': (run, signal) => cancel(run, signal, 'force-cancel'),
  pause,
  resume,
  resolve,
  reject,
  due,
  dependency,
  'retry-step': retryStep,
  'skip-step': skipStep,
  'review-step': reviewStep,
}

export function applySignal(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'stopped') handlers[signal.kind]?.(run, signal)
}

function note(run: RunningTask, signal: SignalRow, data?: Record<string, unknown>): void {
  const { kind, actor, stepNo } = signal
  run.draft.event({
    at: run.host.now(),
    kind: 'command',
    name: kind,
    actor,
    ...(stepNo !== null && { stepNo }),
    ...(data && { data }),
  })
}

function cancel(run: RunningTask, signal: SignalRow, ending: 'cancel' | 'force-cancel'): void {
  note(run, signal)
  run.end(ending, true)
}

function pause(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'running' && run.task.state !== 'pending') return
  if (run.task.patch.reason === 'approval') return
  note(run, signal)
  run.pauseReason = undefined
  run.end('pause', false)
}

/** A paused task goes on where it failed; one that is only asked to pause forgets that. */
function resume(run: RunningTask, signal: SignalRow): void {
  if (run.ending === 'pause') {
    note(run, signal)
    return run.goOn()
  }
  if (run.task.state !== 'paused') return
  note(run, signal)
  rerunFailed(run)
  goOn(run)
}

function rerunFailed(run: RunningTask): void {
  for (const step of run.steps.rows) {
    // What died with its executor is decided step by step, never swept along.
    if (step.state === 'CRASHED') continue
    if (!isBlocked(step.state) && !isRetriable(step.state)) continue
    step.tryCount = 0
    run.steps.rerun(step.no, 'TO_RETRY')
  }
}

/** From paused to where an executor takes it up; unless a step still waits for somebody's review. */
function goOn(run: RunningTask): void {
  run.task.patch.retryCount = 0
  run.task.patch.errorSummary = undefined
  run.task.patch.errorFingerprint = undefined
  run.task.touch()
  if (run.task.state !== 'paused') return
  const underReview = run.steps.rows.some((step) => step.state === 'CRASHED')
  if (!underReview) run.task.moveTo('pending', 'queued')
}

function resolve(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'pending' || run.task.patch.reason !== 'approval') return
  note(run, signal)
  if (signal.payload) {
    const input = run.key.openJson(signal.payload, placeOf.signal)
    run.values.setResolverInput(input as Record<string, unknown>)
    run.draft.resolverInput(run.key.sealJson(input, placeOf.resolverInput))
  }
  goWhenFree(run)
}

function reject(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'pending' || run.task.patch.reason !== 'approval') return
  note(run, signal)
  run.stop('rejected', 'CANCELLED')
}

/** A time has come: of the task (its start, its deadline) or of a step (its retry, the end of its wait). */
function due(run: RunningTask, signal: SignalRow): void {
  if (signal.stepNo === null || signal.stepNo < 0) return taskDue(run)
  const step = run.steps.rows[signal.stepNo]
  // The timer may have been moved since it fired: the row knows.
  if (step?.dueAt && run.steps.mayStart(step)) run.steps.candidates.add(step.no)
}

function taskDue(run: RunningTask): void {
  const now = run.host.now().getTime()
  const { startBefore } = run.facts
  const { patch } = run.task
  const notStarted =
    patch.startedAt === undefined && (patch.state === 'scheduled' || patch.state === 'pending')
  if (notStarted && startBefore && startBefore.getTime() <= now) return run.stop('missed-deadline', 'PRUNE')
  if (patch.state !== 'scheduled' || patch.reason !== 'start-at') return
  if (!patch.startAt || patch.startAt.getTime() <= now + 50) run.task.moveTo('pending', 'queued')
}

/** A task this one waits for has stopped; what all of them did was read when the signal arrived. */
function dependency(run: RunningTask): void {
  if (run.task.state === 'scheduled' && run.task.patch.reason === 'dependency') goWhenFree(run)
}

/** Nobody has to accept the task any more: it starts, unless other tasks or its time hold it back. */
function goWhenFree(run: RunningTask): void {
  const failed = run.dependencies.find((each) => each.state === 'stopped' && each.result === 'error')
  if (failed) {
    run.task.patch.errorSummary = errorSummaryOf(`a task it depends on failed: ${failed.title}`)
    return run.stop('dependency-failed', 'PRUNE')
  }
  const { startAt, state } = run.task.patch
  const isHeld = run.dependencies.some((each) => each.state !== 'stopped')
  const isEarly = startAt !== undefined && startAt.getTime() > run.host.now().getTime()
  if (!isHeld && !isEarly) return run.task.queue()
  const reason = isHeld ? 'dependency' : 'start-at'
  if (state === 'scheduled') run.task.setReason(reason)
  else run.task.moveTo('scheduled', reason)
}

function retryStep(run: RunningTask, signal: SignalRow): void {
  const step = signal.stepNo === null ? undefined : run.steps.rows[signal.stepNo]
  if (!step || !(isBlocked(step.state) || isRetriable(step.state))) return
  note(run, signal)
  step.tryCount = 0
  run.steps.rerun(step.no, 'TO_RETRY')
  goOn(run)
}

function skipStep(run: RunningTask, signal: SignalRow): void {
  const step = signal.stepNo === null ? undefined : run.steps.rows[signal.stepNo]
  if (!step || step.state === 'RUNNING' || run.steps.isFinal(step)) return
  note(run, signal)
  run.draft.clearTimer({ stepNo: step.no, kind: 'retry' })
  run.settleStep(step.no, 'SKIPPED')
  goOn(run)
}

/** Somebody answered for a step that nobody knows the outcome of: it is done, with this output. */
function completeStep(run: RunningTask, step: StepPatch, output: unknown): void {
  const at = run.host.now()
  step.attemptNo++
  run.draft.attempt({
    stepNo: step.no,
    no: step.attemptNo,
    tryNo: step.tryCount,
    state: 'DONE',
    startedAt: at,
    endedAt: at,
    output: run.key.sealJson({ output }, placeOf.attemptOutput(step.no, step.attemptNo)),
    error: undefined,
    errorSummary: undefined,
    errorFingerprint: undefined,
  })
  step.errorSummary = undefined
  run.values.setOutcome(step.no, { state: 'DONE', output }, step)
  run.steps.settle(step.no, 'DONE', undefined)
}

/** The answer of a person about a step whose executor died while it ran. */
function reviewStep(run: RunningTask, signal: SignalRow): void {
  const step = signal.stepNo === null ? undefined : run.steps.rows[signal.stepNo]
  if (step?.state !== 'CRASHED' || !signal.payload) return
  const review = run.key.openJson(signal.payload, placeOf.signal) as ReviewPayload
  note(run, signal, { decision: review.decision })
  if (review.decision === 'run-again') run.steps.rerun(step.no, 'TO_RETRY')
  else if (review.decision === 'fail')
    run.settleStep(step.no, 'FATAL_ERROR', `marked as failed by ${signal.actor}`)
  else completeStep(run, step, review.output)
  goOn(run)
}
