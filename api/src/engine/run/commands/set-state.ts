import { placeOf } from '../../seal.ts'
import { isBlocked, maySetState } from '../../step.ts'
import type { SignalRow } from '../../store/signal.ts'
import { readinessOf } from '../plan.ts'
import type { RunningTask } from '../running-task.ts'
import { note, told } from './note.ts'

export interface SetStatePayload {
  readonly state: string
}

/**
 * Gives a step of a paused task another state, and its followers what follows from it: as if the step had ended so, or had not
 * begun. A follower that can no longer start is pruned, one whose ground is open again is to run again, and one that was
 * pruned because of the old state comes back. Attempts stay on record.
 */
export function setStepState(run: RunningTask, signal: SignalRow): void {
  const step = signal.stepNo === null ? undefined : run.steps.rows[signal.stepNo]
  if (run.task.state !== 'paused' || !step || !signal.payload) return
  const { state } = run.key.openJson(signal.payload, placeOf.signal) as SetStatePayload
  const customStates = run.steps.plannedOf(step)?.customStates ?? []
  if (step.state === state || step.state === 'RUNNING' || !maySetState(state, customStates)) return
  const from = step.state
  const loop = step.parentNo === undefined ? undefined : run.steps.rows[step.parentNo]
  // The items of a loop whose list is still to be made mean nothing.
  if (loop && loop.state !== 'EXPANDED' && !run.steps.isFinal(loop)) return
  const before = run.steps.rows.map((row) => row.state)
  assign(run, step.no, state, errorOf(state, signal.actor))
  // An item that is to run again opens its loop, which reads the list that it made; who was given its results begins anew.
  const opensLoop = loop && loop.state !== 'EXPANDED' && !run.steps.isFinal(step)
  if (opensLoop) run.steps.assign(loop.no, 'EXPANDED', undefined)
  const followed = settleFollowers(run, before, loop?.no ?? step.no)
  note(run, signal, { from, to: state, ...followed })
  forgetReason(run)
  run.isStale = true
}

function errorOf(state: string, actor: string): string | undefined {
  const isError = isBlocked(state) || state === 'SERVER_ERROR'
  return isError ? `set to ${state} by ${actor}` : undefined
}

/** Puts a step that does not run into a state, and forgets when it was to run. */
export function assign(run: RunningTask, no: number, state: string, message?: string): void {
  run.steps.assign(no, state, message)
  const step = run.steps.rows[no]
  if (!step) return
  run.values.setState(no, step, message ?? '')
  // A loop that is set back makes its list anew, and its items begin with it.
  if (!run.plan.steps[no]?.item || run.steps.isFinal(step)) return
  for (const item of run.steps.itemsOf(no))
    if (item.state !== 'TODO') run.steps.assign(item.no, 'TODO', undefined)
}

/** Walks down the graph from the step that changed: each follower is judged by what all before it have become. */
function settleFollowers(run: RunningTask, before: readonly string[], changed: number) {
  const was = (no: number) => before[no] ?? 'TODO'
  const touched = new Set([changed])
  const names: Record<'pruned' | 'reset', string[]> = { pruned: [], reset: [] }
  for (const no of orderOf(run)) {
    const { dependencies = [] } = run.plan.steps[no] ?? {}
    // ANY waits for more than the step it names: it is asked about whatever changed.
    if (!dependencies.some((each) => touched.has(each.no) || each.states.includes('ANY'))) continue
    if (no === changed) continue
    const next = followerState(run, no, was)
    if (next === undefined || next === run.steps.stateOf(no)) continue
    assign(run, no, next)
    touched.add(no)
    names[next === 'PRUNE' ? 'pruned' : 'reset'].push(run.steps.nameOf(no))
  }
  const { pruned, reset } = names
  return {
    ...(pruned.length > 0 && { pruned: told(pruned) }),
    ...(reset.length > 0 && { reset: told(reset) }),
  }
}

/** What a follower becomes; undefined when the change means nothing to it. */
function followerState(run: RunningTask, no: number, was: (no: number) => string): string | undefined {
  const before = readinessOf(run.plan, no, was)
  const now = readinessOf(run.plan, no, run.steps.stateOf)
  if (now === 'prune') return 'PRUNE'
  // What was pruned by a condition of its own, not by those before it, stays so.
  if (now === 'ready') return before === 'prune' ? 'TODO' : undefined
  return before === 'waiting' ? undefined : 'TODO'
}

/** Numbers of all steps of the plan, each behind what it depends on. */
function orderOf({ plan }: RunningTask): number[] {
  const left = plan.steps.map((step) => step.dependencies.length)
  const order = plan.steps.filter((step) => step.dependencies.length === 0).map((step) => step.no)
  for (const no of order) {
    for (const follower of plan.steps[no]?.dependants ?? []) {
      left[follower] = (left[follower] ?? 0) - 1
      if (left[follower] === 0) order.push(follower)
    }
  }
  return order
}

/** The task stood because of a step that no longer stands: now it is paused because a person works on it. */
function forgetReason(run: RunningTask): void {
  // Steps that begin again are not done any more: it counts anew, also downwards.
  run.task.patch.progress = 0
  run.task.touch()
  if (run.steps.rows.some((step) => isBlocked(step.state))) return
  run.task.patch.errorSummary = undefined
  run.task.patch.errorFingerprint = undefined
  run.task.setReason('by-user')
}
