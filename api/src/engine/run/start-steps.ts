import type { StepPatch } from '../change.ts'
import { AttemptRun } from './attempt-run.ts'
import { expandLoop, finishLoops } from './expand.ts'
import { stepWants } from './lock-answer.ts'
import type { PlanStep } from './plan.ts'
import type { RunningTask } from './running-task.ts'
import { decideStart } from './start-decision.ts'
import { isLongTurn, nextTurn } from './turn-time.ts'

/** Attempts of this executor, by step number. */
type Attempts = Map<number, AttemptRun>

/** Starts whatever may start now: steps whose turn has come, and items of loops as far as there is room for them. */
export function startReady(run: RunningTask, attempts: Attempts): void {
  for (;;) {
    finishLoops(run)
    run.steps.grow()
    if (!startCandidates(run, attempts) || !startItems(run, attempts)) return
    // Items that were skipped may have ended their loop, and what ended has followers.
    if (run.steps.candidates.size === 0 && !run.steps.hasLoopOver) return
  }
}

/** False when no further step can start now. */
function startCandidates(run: RunningTask, attempts: Attempts): boolean {
  const { steps } = run
  for (const no of steps.candidates) {
    const step = steps.rows[no]
    const planned = step && steps.plannedOf(step)
    const mayStart = planned && !attempts.has(no) && steps.mayStart(step)
    const readiness = mayStart ? steps.readinessOf(step) : 'waiting'
    if (readiness === 'prune') run.settleStep(no, 'PRUNE')
    else if (readiness === 'waiting' || !planned) steps.candidates.delete(no)
    else if (!tryStart(run, attempts, planned, step)) return false
    if (run.ending) return false
  }
  return true
}

/** Items that did not run yet, as many as their loop lets run at once. */
function startItems(run: RunningTask, attempts: Attempts): boolean {
  const { steps } = run
  for (const loop of steps.loops.values()) {
    if (steps.stateOf(loop.no) !== 'EXPANDED') continue
    for (let no = loop.next(steps.stateOf); no !== undefined; no = loop.next(steps.stateOf)) {
      const step = steps.rows[no]
      const planned = step && steps.plannedOf(step)
      if (!planned || !tryStart(run, attempts, planned, step)) return false
      if (run.ending) return false
    }
  }
  return true
}

/** False when there is no room, or no time left in this turn; the step stays a candidate. */
function tryStart(run: RunningTask, attempts: Attempts, planned: PlanStep, step: StepPatch): boolean {
  const { candidates } = run.steps
  if (isLongTurn()) {
    candidates.add(step.no)
    nextTurn(() => run.turn())
    return false
  }
  const loop = run.steps.loopOf(step)
  if (loop && !loop.hasRoomFor(step.no)) {
    candidates.delete(step.no)
    loop.defer(step.no)
    return true
  }
  if (planned.item) return tryExpand(run, planned, step)
  if (attempts.size >= run.plan.template.maxParallel) return false
  if (decideStart(run, planned, step) === 'settled') return true
  if (run.locks.gateStep(step.no, stepWants(run, planned, step)) !== 'open') {
    candidates.delete(step.no)
    loop?.gated(step.no)
    return true
  }
  if (!run.host.slots.tryTake(run)) return false
  run.task.run()
  const kind = { resumed: step.state === 'WAITING', recheck: step.state === 'AFTERRUN_ERROR' }
  run.steps.begin(step, kind.resumed)
  attempts.set(step.no, new AttemptRun(run, planned, step, kind))
  return true
}

/** A loop takes no place itself. Its list is not made anew while items of the old one still run. */
function tryExpand(run: RunningTask, planned: PlanStep, step: StepPatch): true {
  run.steps.candidates.delete(step.no)
  if (!run.steps.loops.has(step.no) && decideStart(run, planned, step) === 'run')
    expandLoop(run, planned, step)
  return true
}
