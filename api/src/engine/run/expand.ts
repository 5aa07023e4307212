import type { StepPatch } from '../change.ts'
import { placeOf } from '../seal.ts'
import { errorSummaryOf } from './error-summary.ts'
import type { PlanStep } from './plan.ts'
import type { RunningTask } from './running-task.ts'
import { listOf } from './step-texts.ts'

/*
 * A loop runs nothing itself. When its turn comes its list is rendered once and stored once, sealed, as what its one attempt
 * came to; from then on it is EXPANDED, and each item is a step of its own that starts, fails, waits and is tried again like
 * any other. Rows for them are made at most 1,000 a flush; an executor that takes over in between reads the same list and goes
 * on making them. When every item is over, so is the loop.
 */

/** Renders the list of a loop that may start. */
export function expandLoop(run: RunningTask, planned: PlanStep, step: StepPatch): void {
  begin(run, step)
  let items: readonly unknown[]
  let stored: Buffer
  try {
    items = listOf(run, planned, step)
    stored = run.key.sealJson({ items }, placeOf.attemptOutput(step.no, step.attemptNo))
  } catch (error) {
    return fail(run, step, error instanceof Error ? error.message : String(error))
  }
  record(run, step, items.length === 0 ? 'DONE' : 'EXPANDED', stored)
  run.values.beginLoop(step.no, items)
  if (items.length === 0) return finish(run, step.no)
  const before = run.steps.isDone(step)
  step.state = 'EXPANDED'
  step.dueAt = undefined
  step.errorSummary = undefined
  run.draft.step(step)
  run.values.setState(step.no, step, '')
  run.steps.moved(step, before)
  run.steps.expand(step.no, items.length)
}

function begin(run: RunningTask, step: StepPatch): void {
  run.task.run()
  step.tryCount++
  step.attemptNo++
  step.startedAt = run.host.now()
  step.endedAt = undefined
}

function fail(run: RunningTask, step: StepPatch, message: string): void {
  const summary = errorSummaryOf(run.masker.mask(message))
  record(run, step, 'FATAL_ERROR', undefined, { message, summary })
  run.settleStep(step.no, 'FATAL_ERROR', message)
}

/** The attempt that a loop makes: what it came to is its list. */
function record(
  run: RunningTask,
  step: StepPatch,
  state: string,
  output: Buffer | undefined,
  error?: { message: string; summary: string },
): void {
  const { no, attemptNo } = step
  const { key } = run
  const at = run.host.now()
  run.draft.attempt({
    stepNo: no,
    no: attemptNo,
    tryNo: step.tryCount,
    state,
    startedAt: step.startedAt ?? at,
    endedAt: at,
    output,
    error:
      error && key.sealJson({ message: error.message, kind: 'fatal' }, placeOf.attemptError(no, attemptNo)),
    errorSummary: error?.summary,
    errorFingerprint: undefined,
  })
}

/** Loops whose items are all over are done: once, however many items ended in this turn. */
export function finishLoops(run: RunningTask): void {
  for (const loop of [...run.steps.loops.values()]) {
    if (loop.isOver && run.steps.stateOf(loop.no) === 'EXPANDED') finish(run, loop.no)
  }
}

function finish(run: RunningTask, no: number): void {
  run.values.endLoop(no)
  run.settleStep(no, 'DONE')
}
