import type { SignalKind } from '@stint/schema/words'
import type { StepPatch } from '../change.ts'
import { placeOf } from '../seal.ts'
import type { SignalRow } from '../store/signal.ts'
import { isIdempotent } from './execution.ts'
import type { RunningTask } from './running-task.ts'
import { configurationOf } from './step-texts.ts'

/** Executors that may die in a row over a task before a person is asked: a poison task must not kill every one in turn. */
export const takeoversMax = 3

/**
 * A claimed task whose steps are RUNNING lost its executor in the middle of them. Each interrupted attempt gets its one
 * outcome, CRASHED; then the step runs again if that is harmless, otherwise the task pauses and asks.
 */
export function recoverInterrupted(run: RunningTask, signals: readonly SignalRow[]): void {
  const interrupted = run.steps.rows.filter((step) => step.state === 'RUNNING')
  if (interrupted.length === 0) return
  const force = signals.find((signal) => signal.kind in forcedStates)
  if (force) return endByForce(run, interrupted, forcedStates[force.kind] as string)
  const isPoison = run.task.patch.takeovers >= takeoversMax
  let needsReview = isPoison
  for (const step of interrupted) {
    const runsAgain = !isPoison && mayRunAgain(run, step)
    // Step and attempt tell the same story: people read either.
    const message = crashText(run, step, isPoison, runsAgain)
    // One that went on after a wait goes on waiting with what it knew: begun anew, it would start its tasks twice.
    const continued = run.values.isWaiting(step.no)
    recordCrash(run, step, 'CRASHED', message, continued)
    if (runsAgain) run.steps.reopen(step.no, continued ? 'WAITING' : 'RETRY_NOW')
    else {
      needsReview = true
      run.settleStep(step.no, 'CRASHED', message)
    }
  }
  if (!needsReview) return
  run.blame(run.steps.rows.find((step) => step.state === 'CRASHED'))
  // Brought to rest in the middle of them, because nothing else could be written.
  if (run.task.state === 'paused') return run.task.setReason('needs-review')
  run.pauseReason = 'needs-review'
  run.end('pause', false)
}

function crashText(run: RunningTask, step: StepPatch, isPoison: boolean, runsAgain: boolean): string {
  const name = run.steps.nameOf(step.no)
  if (isPoison) return `${run.task.patch.takeovers} executors died while running step ${name}`
  if (runsAgain) return `its executor died while ${name} ran; it runs again, which does no harm`
  return `its executor died while ${name} ran, and running it again may do things twice`
}

/** What interrupted steps become when somebody did not want to wait for their executor. */
const forcedStates: Partial<Record<SignalKind, string>> = {
  'force-cancel': 'CANCELLED',
  'force-unlock': 'CRASHED',
}

/** The executor was fenced off, it may even live: nobody asks about its steps any more. */
function endByForce(run: RunningTask, interrupted: readonly StepPatch[], state: string): void {
  for (const step of interrupted) {
    const message = 'its executor was fenced off while this attempt ran'
    recordCrash(run, step, state, message)
    run.settleStep(step.no, state, message)
  }
}

function recordCrash(
  run: RunningTask,
  step: StepPatch,
  state: string,
  message: string,
  continued = false,
): void {
  const endedAt = run.host.now()
  run.draft.attempt({
    stepNo: step.no,
    no: step.attemptNo,
    tryNo: step.tryCount,
    state,
    startedAt: step.startedAt ?? endedAt,
    endedAt,
    output: continued
      ? run.key.sealJson(
          { output: run.values.outputOf(step.no), waits: true },
          placeOf.attemptOutput(step.no, step.attemptNo),
        )
      : undefined,
    error: run.key.sealJson({ message, kind: 'crashed' }, placeOf.attemptError(step.no, step.attemptNo)),
    errorSummary: message,
    errorFingerprint: undefined,
    executorId: step.lastExecutorId,
  })
  run.draft.event({
    at: endedAt,
    kind: 'step',
    name: state,
    stepNo: step.no,
    data: { attemptNo: step.attemptNo },
  })
}

function mayRunAgain(run: RunningTask, step: StepPatch): boolean {
  const planned = run.steps.plannedOf(step)
  if (!planned?.action) return false
  if (planned.definition.idempotent !== undefined) return planned.definition.idempotent
  try {
    // Its pre_hook runs before every try anyway: only the action counts.
    return isIdempotent(planned.action, () => configurationOf(run, planned, step))
  } catch {
    // What cannot be rendered fails anyway, before it does anything.
    return true
  }
}
