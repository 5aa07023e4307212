import type { ReviewDecision } from '@stint/schema/words'
import type { StepPatch } from '../../change.ts'
import { placeOf } from '../../seal.ts'
import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { note } from './note.ts'
import { goOn } from './pause.ts'

export interface ReviewPayload {
  readonly decision: ReviewDecision
  readonly output?: unknown
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
  // First the state: the values take it from the step, and a loop only keeps the results of items that are over.
  run.steps.settle(step.no, 'DONE', undefined)
  run.values.setOutcome(step.no, { state: 'DONE', output }, step)
}

/** The answer of a person about a step whose executor died while it ran. */
export function reviewStep(run: RunningTask, signal: SignalRow): void {
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
