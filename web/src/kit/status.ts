import type { StepState, TaskReason, TaskResult, TaskState } from '@stint/schema/words'

/** The palette of states: every label, bar and chart takes its colour from one of these. */
export type Tone =
  | 'running'
  | 'waiting'
  | 'scheduled'
  | 'paused'
  | 'success'
  | 'warning'
  | 'error'
  | 'cancelled'
  | 'idle'

export interface Status {
  readonly tone: Tone
  readonly word: string
}

const waitingReasons: ReadonlySet<TaskReason> = new Set([
  'waiting-subtask',
  'waiting-callback',
  'waiting-input',
  'waiting-until',
  'retrying',
])

const ofResult: Record<TaskResult, Status> = {
  pending: { tone: 'idle', word: 'Stopped' },
  success: { tone: 'success', word: 'Success' },
  warning: { tone: 'warning', word: 'Warning' },
  error: { tone: 'error', word: 'Error' },
  cancelled: { tone: 'cancelled', word: 'Cancelled' },
}

const ofState: Record<Exclude<TaskState, 'stopped'>, Status> = {
  scheduled: { tone: 'scheduled', word: 'Scheduled' },
  pending: { tone: 'waiting', word: 'Pending' },
  running: { tone: 'running', word: 'Running' },
  paused: { tone: 'paused', word: 'Paused' },
}

/** How a task is shown: its state while it goes on, its result when it is over. */
export function taskStatus(state: TaskState, result: TaskResult, reason?: TaskReason | null): Status {
  if (state === 'stopped') return ofResult[result]
  if (state === 'running' && reason && waitingReasons.has(reason)) return { tone: 'waiting', word: 'Waiting' }
  return ofState[state]
}

const ofStep: Record<StepState, Status> = {
  TODO: { tone: 'idle', word: 'To do' },
  RUNNING: { tone: 'running', word: 'Running' },
  DONE: { tone: 'success', word: 'Done' },
  CLIENT_ERROR: { tone: 'error', word: 'Client error' },
  SERVER_ERROR: { tone: 'error', word: 'Server error' },
  FATAL_ERROR: { tone: 'error', word: 'Fatal error' },
  CRASHED: { tone: 'error', word: 'Crashed' },
  PRUNE: { tone: 'cancelled', word: 'Pruned' },
  TO_RETRY: { tone: 'waiting', word: 'To retry' },
  RETRY_NOW: { tone: 'running', word: 'Retry now' },
  AFTERRUN_ERROR: { tone: 'error', word: 'After-run error' },
  EXPANDED: { tone: 'running', word: 'Expanded' },
  WAITING: { tone: 'waiting', word: 'Waiting' },
  SKIPPED: { tone: 'warning', word: 'Skipped' },
  CANCELLED: { tone: 'cancelled', word: 'Cancelled' },
}

/** How a step is shown; states that a template brings along are final and count as success. */
export const stepStatus = (state: string): Status =>
  ofStep[state as StepState] ?? { tone: 'success', word: state }

const failed: ReadonlySet<string> = new Set([
  'CLIENT_ERROR',
  'SERVER_ERROR',
  'FATAL_ERROR',
  'CRASHED',
  'AFTERRUN_ERROR',
])
const unfinished: ReadonlySet<string> = new Set([
  'TODO',
  'RUNNING',
  'TO_RETRY',
  'RETRY_NOW',
  'EXPANDED',
  'WAITING',
])

export const isFailedStep = (state: string): boolean => failed.has(state)
export const isFinishedStep = (state: string): boolean => !unfinished.has(state)
