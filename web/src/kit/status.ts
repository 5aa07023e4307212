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

/** What is needed of a step to show its state. A failed one that is `dueAt` an instant is tried again then. */
export interface StepLook {
  readonly state: string
  readonly dueAt?: string | null
}

const isTriedAgain = (step: StepLook): boolean => failed.has(step.state) && Boolean(step.dueAt)

/** How a step is shown; states that a template brings along are final and count as success. */
export function stepStatus(step: StepLook): Status {
  if (isTriedAgain(step))
    return { tone: 'waiting', word: `${ofStep[step.state as StepState].word}, to retry` }
  return ofStep[step.state as StepState] ?? { tone: 'success', word: step.state }
}

/** A state within a sentence. States that a template brings along are names and stay as they are written. */
export const stepStateText = (state: string): string =>
  ofStep[state as StepState]?.word.toLowerCase() ?? state

/** It failed and nothing will try it again by itself. */
export const isFailedStep = (step: StepLook): boolean => failed.has(step.state) && !isTriedAgain(step)
export const isFinishedStep = (step: StepLook): boolean => !unfinished.has(step.state) && !isTriedAgain(step)

const ticking: ReadonlySet<string> = new Set(['RUNNING', 'RETRY_NOW', 'EXPANDED', 'WAITING'])

/** When its present try ended; null while one goes on, so that its time ticks. */
export const endOfStep = (
  step: StepLook & { startedAt: string | null; endedAt: string | null },
): string | null => (ticking.has(step.state) ? null : (step.endedAt ?? step.startedAt))
