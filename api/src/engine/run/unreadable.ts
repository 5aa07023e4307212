import type { SignalKind, TaskReason } from '@stint/schema/words'
import { type AttemptRow, type Change, type TaskPatch, wholeTask } from '../change.ts'
import { isOpen } from '../step.ts'
import type { SignalRow } from '../store/signal.ts'
import type { StepRow } from '../store/step.ts'
import type { TaskRow } from '../store/task.ts'
import { resultOf } from '../task.ts'
import { errorSummaryOf } from './error-summary.ts'
import { patchOfStep, patchOfTask } from './row-patch.ts'

/** A claimed task that cannot be made to run in this process, why, and what is known of it all the same. */
export interface UnloadableTask {
  readonly row: TaskRow
  readonly error: unknown
  readonly steps: readonly StepRow[]
  readonly signals: readonly SignalRow[]
}

/** What ends a task also when nobody can read what it is about. */
const endings: Partial<Record<SignalKind, TaskReason>> = {
  cancel: 'cancelled',
  'force-cancel': 'cancelled',
  unlock: 'unlocked',
  'force-unlock': 'halted',
  reject: 'rejected',
}

const kept: ReadonlySet<SignalKind> = new Set(['callback', 'input', 'subtask', 'lock'])

/**
 * A task whose definition or values cannot be read here ends when somebody asked for that; otherwise it pauses, so that a
 * person sees why. Commands that it cannot follow are dropped; what came from outside (an answer, a call back) is kept.
 */
export function changeOfUnreadable(task: UnloadableTask, at: Date): Change {
  const { row, error, signals } = task
  const message = error instanceof Error ? error.message : String(error)
  const patch = {
    ...patchOfTask(row),
    errorSummary: errorSummaryOf(`this executor cannot read the task: ${message}`),
  }
  const ending = signals.find((signal) => endings[signal.kind] !== undefined)
  if (ending) return ended(task, patch, ending, at)
  const dropped = signals.filter((signal) => !kept.has(signal.kind)).map((signal) => signal.id)
  const base = { taskId: row.id, epoch: row.epoch, release: true, appliedSignals: dropped }
  // What waits for its approval or its time goes on waiting: paused and resumed, it would start without.
  if (row.state === 'scheduled' || row.reason === 'approval') return { ...base, task: patch }
  const reason = 'input-invalid'
  return {
    ...base,
    task: { ...patch, state: 'paused', reason, stateUpdatedAt: at },
    events: [{ at, kind: 'task', name: 'paused', data: { reason } }],
  }
}

function ended({ row, steps, signals }: UnloadableTask, patch: TaskPatch, by: SignalRow, at: Date): Change {
  const reason = endings[by.kind] as TaskReason
  const isGivenUp = reason === 'unlocked' || reason === 'halted'
  const closed = steps.filter((step) => isOpen(step.state) && (!isGivenUp || step.state === 'RUNNING'))
  const state = isGivenUp ? 'CRASHED' : 'CANCELLED'
  const patches = closed.map((step) => ({ ...patchOfStep(step), state, endedAt: at, dueAt: undefined }))
  const result = resultOf(reason, [])
  return {
    taskId: row.id,
    epoch: row.epoch,
    release: true,
    appliedSignals: signals.map((signal) => signal.id),
    frees: [wholeTask],
    task: { ...patch, state: 'stopped', result, reason, stateUpdatedAt: at, endedAt: at },
    steps: patches,
    attempts: closed.filter((step) => step.state === 'RUNNING').map((step) => lostAttempt(step, state, at)),
    events: [
      { at, kind: 'command', name: by.kind, actor: by.actor },
      { at, kind: 'task', name: 'stopped', data: { reason, result } },
    ],
  }
}

function lostAttempt(step: StepRow, state: string, at: Date): AttemptRow {
  return {
    stepNo: step.no,
    no: step.attemptNo,
    tryNo: step.tryCount,
    state,
    startedAt: step.startedAt ?? at,
    endedAt: at,
    output: undefined,
    error: undefined,
    errorSummary: 'the task ended while this attempt was lost with its executor',
    errorFingerprint: undefined,
    executorId: step.executorId ?? undefined,
  }
}
