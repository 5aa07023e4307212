import type { StepPatch } from '../change.ts'
import { mayRetry, retryDelayMs } from '../retry.ts'
import { errorSummaryOf } from './error-summary.ts'
import type { PlanStep } from './plan.ts'
import type { RunningTask } from './running-task.ts'

/** Why a step that failed, or is told to run again, may not; undefined when it may. */
export function refusalOfRetry({ definition }: PlanStep, step: StepPatch): string | undefined {
  if (mayRetry(definition.maxRetries, step.tryCount)) return undefined
  return errorSummaryOf(`gave up after ${step.tryCount} tries: ${step.errorSummary ?? 'no reason given'}`)
}

/**
 * When a step is tried again; undefined when its task has used up its rounds, and then it stands: the task pauses as
 * retries-exhausted once nothing else moves. µTask counts runs, and one run tries all that failed: so what fails while others
 * wait for their next try is the same round. Otherwise a loop of 1,000 items would be exhausted by one bad minute.
 */
export function nextTry(
  run: RunningTask,
  { definition }: PlanStep,
  step: StepPatch,
  state = step.state,
): Date | undefined {
  const { host, task, plan } = run
  const isNewRound = run.steps.retrying.size === 0
  const rounds = isNewRound ? task.patch.retryCount : step.tryCount - 1
  if (rounds >= plan.template.retryMax) return undefined
  if (isNewRound) task.patch.retryCount++
  const at = host.now()
  const dueAt = new Date(at.getTime() + retryDelayMs(definition.retryPattern, step.tryCount, host.random()))
  run.draft.event({
    at,
    kind: 'step',
    name: state,
    stepNo: step.no,
    data: { dueAt: dueAt.toISOString(), tryNo: step.tryCount },
  })
  task.touch()
  return dueAt
}

/**
 * A condition tells a step to run again: at once, or (TO_RETRY) when its next try is due, as after a failure. `isAsked`: the step
 * was about to start and is put off, so it waits in any case, a loop too.
 */
export function imposeRetry(
  run: RunningTask,
  no: number,
  state: string,
  message: string,
  isAsked = false,
): void {
  const step = run.steps.rows[no]
  const planned = step && run.steps.plannedOf(step)
  if (!planned || step.state === 'RUNNING') return
  if (message !== '') step.errorSummary = errorSummaryOf(run.masker.mask(message))
  const refusal = step.tryCount > 0 ? refusalOfRetry(planned, step) : undefined
  if (refusal) return run.settleStep(no, 'FATAL_ERROR', refusal)
  // A list is made anew at once, as in µTask; what never ran has nothing to wait for.
  const isRemade = planned.item !== undefined && !isAsked
  if (state === 'RETRY_NOW' || isRemade || step.tryCount === 0) run.steps.rerun(no, state)
  else {
    const dueAt = nextTry(run, planned, step, state)
    run.steps.postpone(no, state, dueAt)
    if (dueAt) run.draft.timer({ taskId: run.facts.id, stepNo: no, kind: 'retry', dueAt })
  }
  run.values.setState(no, step, message === '' ? undefined : message)
}

/** A skip condition that says "not now": that was a try, so that it does not go round for ever. */
export function putOff(run: RunningTask, step: StepPatch, message: string): void {
  step.tryCount++
  imposeRetry(run, step.no, 'TO_RETRY', message, true)
}
