import type { TaskReason, TaskResult, TaskState } from '@stint/schema/words'

/*
 * What a task can become. `scheduled` waits for its time or for other tasks, `pending` for an executor or a person,
 * `running` is advanced (or an event or due time will wake it), `paused` needs a person and keeps its locks, `stopped` is over.
 * Two reasons of `stopped` can be taken back by resume; every other end is final.
 */
const moves: Record<TaskState, readonly TaskState[]> = {
  scheduled: ['pending', 'paused', 'stopped'],
  pending: ['running', 'scheduled', 'paused', 'stopped'],
  running: ['pending', 'scheduled', 'paused', 'stopped'],
  paused: ['pending', 'scheduled', 'stopped'],
  stopped: [],
}

const revivable: ReadonlySet<TaskReason> = new Set(['unlocked', 'halted'])

/** May a task move from one state to another? Staying where it is (another reason, more progress) is no move. */
export function canMove(from: TaskState, reason: TaskReason | undefined, to: TaskState): boolean {
  if (from === 'stopped') return to === 'pending' && reason !== undefined && revivable.has(reason)
  return moves[from].includes(to)
}

/** Was it given up in the middle, so that it may be taken up again? One that never began would forget what held it back. */
export function isRevivable(task: {
  readonly state: TaskState
  readonly reason: TaskReason | null
  readonly startedAt: Date | null
}): boolean {
  return (
    task.state === 'stopped' && task.reason !== null && revivable.has(task.reason) && task.startedAt !== null
  )
}

/** Ends that count as an error whatever the steps say. */
const errorReasons: ReadonlySet<TaskReason> = new Set([
  'missed-deadline',
  'dependency-failed',
  'lock-conflict',
  'report-lost',
  'unlocked',
  'halted',
])
const cancelReasons: ReadonlySet<TaskReason> = new Set(['cancelled', 'rejected'])

const errorStates: ReadonlySet<string> = new Set([
  'CLIENT_ERROR',
  'SERVER_ERROR',
  'FATAL_ERROR',
  'CRASHED',
  'AFTERRUN_ERROR',
])

/**
 * The result of a task that stops, the first that holds: the reason decides; a cancelled step; a step in error;
 * a step skipped (by hand, or as a failure that the template tolerates) makes a warning; else success.
 */
export function resultOf(
  reason: TaskReason | undefined,
  stepStates: Iterable<string>,
): Exclude<TaskResult, 'pending'> {
  if (reason && errorReasons.has(reason)) return 'error'
  if (reason && cancelReasons.has(reason)) return 'cancelled'
  let found: 'success' | 'warning' | 'error' = 'success'
  for (const state of stepStates) {
    if (state === 'CANCELLED') return 'cancelled'
    if (errorStates.has(state)) found = 'error'
    else if (state === 'SKIPPED' && found === 'success') found = 'warning'
  }
  return found
}
