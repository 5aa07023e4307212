import type { ReviewDecision } from '@stint/schema/words'
import type { StepPatch } from '../../change.ts'
import { placeOf } from '../../seal.ts'
import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { goOn } from './go-on.ts'
import { note, told } from './note.ts'

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

/**
 * The answer of a person about a step whose executor died while it ran; without a number about every one that waits for such an
 * answer in this moment, in one flush.
 */
export function reviewStep(run: RunningTask, signal: SignalRow): void {
  const { stepNo, actor } = signal
  const interrupted = run.steps.rows.filter(
    (step) => step.state === 'CRASHED' && (stepNo === null || step.no === stepNo),
  )
  if (interrupted.length === 0 || !signal.payload) return
  const review = run.key.openJson(signal.payload, placeOf.signal) as ReviewPayload
  const names = stepNo === null ? { steps: told(interrupted.map(({ no }) => run.steps.nameOf(no))) } : {}
  note(run, signal, { decision: review.decision, ...names })
  for (const step of interrupted) decide(run, step, review, actor)
  goOn(run, actor)
}

function decide(run: RunningTask, step: StepPatch, { decision, output }: ReviewPayload, actor: string): void {
  // Another one of them may have ended its loop, and this item with it.
  if (step.state !== 'CRASHED') return
  if (decision === 'run-again') run.steps.rerun(step.no, 'TO_RETRY')
  else if (decision === 'fail') run.settleStep(step.no, 'FATAL_ERROR', `marked as failed by ${actor}`)
  else if (decision === 'skip') run.settleStep(step.no, 'SKIPPED')
  else completeStep(run, step, output)
}
