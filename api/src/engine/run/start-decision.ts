import type { StepPatch } from '../change.ts'
import { isRetriable } from '../step.ts'
import type { PlanStep } from './plan.ts'
import { putOff } from './retries.ts'
import type { RunningTask } from './running-task.ts'
import { ifHolds, skipOf } from './step-texts.ts'

export type StartDecision = 'run' | 'settled'

/**
 * What is asked before a step becomes RUNNING: its `if` expression, then its skip conditions. A step that does not run is
 * settled here without an attempt. A question that cannot be answered is the template's fault and stops the step.
 */
export function decideStart(run: RunningTask, planned: PlanStep, step: StepPatch): StartDecision {
  const { definition, conditions } = planned
  const { no } = step
  if (definition.if === undefined && conditions.length === 0) return 'run'
  if (step.state === 'WAITING' || step.state === 'AFTERRUN_ERROR') return 'run'
  try {
    if (definition.if !== undefined && !ifHolds(run, step, definition.if)) {
      run.settleStep(no, 'PRUNE')
      return 'settled'
    }
    const skip = skipOf(run, planned, step)
    if (!skip) return 'run'
    for (const other of skip.others) run.imposeState(other.no, other.state, other.message)
    if (isRetriable(skip.state) || skip.state === 'RETRY_NOW') putOff(run, step, skip.message)
    else run.settleStep(no, skip.state, skip.message)
    return 'settled'
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    run.settleStep(no, 'FATAL_ERROR', `its condition cannot be decided: ${message}`)
    return 'settled'
  }
}
