import { type StepPatch, wholeTask } from '../change.ts'
import type { TakeAnswer, Want } from '../lock.ts'
import { errorSummaryOf } from './error-summary.ts'
import { settingLimits } from './links.ts'
import type { PlanStep } from './plan.ts'
import type { RunningTask } from './running-task.ts'
import { configurationOf } from './step-texts.ts'

const none: Want[] = []

/** Slots that a step needs: of the labels that its template and its action give it, those that the installation limits. */
export function stepWants(run: RunningTask, planned: PlanStep, step: StepPatch): Want[] {
  // Asked for every step that starts, and most installations limit nothing.
  if (!run.host.hasLimits()) return none
  const { definition, action } = planned
  const { limitOf } = run.host
  const own = settingLimits(definition.resources, limitOf)
  // Rendering the configuration for its labels costs as much as a light step: only where somebody limits anything.
  if (!action?.resources) return own
  try {
    const labels = action.resources(configurationOf(run, planned, step))
    const known = new Set(own.map((want) => want.id))
    return [...own, ...settingLimits(labels, limitOf).filter((want) => !known.has(want.id))]
  } catch {
    // What cannot be rendered fails when it runs, with a better error than one about limits.
    return own
  }
}

/** Whoever began anew meanwhile asks again. */
const asUnknown = { status: 'unknown', circle: undefined } as const

/** What the database said about locks that this task asked for. */
export function applyAnswer(run: RunningTask, answer: TakeAnswer): void {
  const isWanted = run.locks.answered(answer)
  if (answer.stepNo !== wholeTask) return applyToStep(run, isWanted ? answer : { ...answer, ...asUnknown })
  if (!isWanted) return
  if (run.task.state !== 'pending') return
  if (answer.status === 'waiting') return waitForLock(run, answer)
  if (answer.status === 'granted' || answer.status === 'unknown') return
  giveUp(run, conflictText(answer))
}

function applyToStep(run: RunningTask, { stepNo, status, circle }: TakeAnswer): void {
  if (status === 'granted' || status === 'unknown') run.steps.candidates.add(stepNo)
  else if (circle) run.settleStep(stepNo, 'CLIENT_ERROR', circleText(circle))
}

function waitForLock(run: RunningTask, answer: TakeAnswer): void {
  const { resource, blocker, since } = answer
  const want = run.locks.wants.find((each) => `${each.type}/${each.id}` === resource)
  const waitMs = Math.min(...run.locks.wants.map((each) => each.waitMs ?? Number.POSITIVE_INFINITY))
  const endsAt = since && Number.isFinite(waitMs) ? new Date(since.getTime() + waitMs) : undefined
  if (endsAt && endsAt.getTime() <= run.host.now().getTime()) {
    return giveUp(run, `${heldText(answer)}, and it did not become free within ${waitMs / 1000} s`)
  }
  if (endsAt) run.draft.timer({ taskId: run.facts.id, stepNo: wholeTask, kind: 'lock', dueAt: endsAt })
  const reason = want?.mode === 'limit' ? 'capacity' : 'lock'
  const isNews = run.task.patch.reason !== reason
  run.task.setReason(reason)
  if (!isNews) return
  run.draft.event({
    at: run.host.now(),
    kind: 'task',
    name: 'pending',
    data: { reason, ...(resource && { resource }), ...(blocker && { blocker }) },
  })
}

/** A task that ran before gave its locks away when it was unlocked: it can be resumed again later. */
function giveUp(run: RunningTask, message: string): void {
  run.task.patch.errorSummary = errorSummaryOf(message)
  const ranBefore = run.task.patch.startedAt !== undefined
  run.stop(ranBefore ? 'unlocked' : 'lock-conflict', ranBefore ? undefined : 'PRUNE')
}

function conflictText(answer: TakeAnswer): string {
  return answer.circle ? circleText(answer.circle) : heldText(answer)
}

function heldText({ resource, blocker }: TakeAnswer): string {
  return `${resource ?? 'a resource'} is held${blocker ? ` by task ${blocker}` : ''}`
}

function circleText(circle: readonly string[]): string {
  return `waiting would never end, each of these tasks waits for the next: ${[...circle, circle[0]].join(' → ')}`
}
