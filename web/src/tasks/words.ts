import { counted } from '@stint/schema/counted'
import type { TaskReason, TaskResult, TaskState } from '@stint/schema/words'
import type { ResultOf } from 'gql.tada'
import { wordOf } from '../client/words.ts'
import { isFailedStep, isFinishedStep, type Status, taskStatus } from '../kit/status.ts'
import type { TaskState as TaskStateFragment } from './fragments.ts'

export type LiveTask = ResultOf<typeof TaskStateFragment>
export type TaskVerb = LiveTask['commands'][number]['verb']

/** How a task from the API is shown. */
export const statusOf = (task: Pick<LiveTask, 'state' | 'result' | 'reason'>): Status =>
  taskStatus(
    wordOf(task.state) as TaskState,
    wordOf(task.result) as TaskResult,
    task.reason && (wordOf(task.reason) as TaskReason),
  )

export const isOver = (task: Pick<LiveTask, 'state'>): boolean => task.state === 'STOPPED'

const reasonSentences: Partial<Record<TaskReason, string>> = {
  'start-at': 'It waits for its start time.',
  dependency: 'It waits for other tasks.',
  queued: 'It waits for an executor.',
  approval: 'It waits for an approval.',
  lock: 'It waits for a lock.',
  capacity: 'It waits for a free slot.',
  'waiting-subtask': 'A step waits for another task.',
  'waiting-callback': 'A step waits to be called back.',
  'waiting-input': 'A step waits for an answer from a person.',
  'waiting-until': 'A step waits until its time.',
  retrying: 'A step failed and is tried again.',
  'by-user': 'Somebody paused it.',
  'by-parent': 'It was paused with the task that started it, and goes on with it.',
  'step-failed': 'A step failed.',
  'retries-exhausted': 'A step failed more often than it may.',
  deadlock: 'It and other tasks wait for each other.',
  'needs-review': 'A step was interrupted: somebody must decide how to go on.',
  'input-invalid': 'It cannot be run as it is; its error says why.',
  rejected: 'It was rejected.',
  'missed-deadline': 'It could not start before its deadline.',
  cancelled: 'It was cancelled.',
  halted: 'It was halted.',
  unlocked: 'It was given up and its locks were freed.',
  'dependency-failed': 'A task it depends on failed.',
  'lock-conflict': 'Another task holds a lock it needs.',
  'report-lost': 'Whoever reported it fell silent.',
}

/** What kept a task that came to its end from being a success. */
function warningSentence(task: Pick<LiveTask, 'stepsByState'>): string | undefined {
  const count = (isCounted: (step: { state: string }) => boolean) =>
    task.stepsByState.reduce((sum, one) => sum + (isCounted(one) ? one.count : 0), 0)
  const skipped = count((step) => step.state === 'SKIPPED')
  const failed = count(isFailedStep)
  const parts = [
    skipped > 0 && `${counted(skipped, 'step was', 'steps were')} skipped`,
    failed > 0 && `${counted(failed, 'step')} failed, which its template allows`,
  ].filter((part) => part !== false)
  return parts.length > 0 ? `${parts.join('; ')}.` : undefined
}

/** One sentence for "why is it in this state?"; undefined when the state says it all. */
export function sentenceOf(
  task: Pick<LiveTask, 'state' | 'result' | 'reason' | 'why' | 'errorSummary' | 'stepsByState'>,
): string | undefined {
  if (task.errorSummary) return task.errorSummary
  if (task.why) return task.why.sentence
  if (task.result === 'WARNING') return warningSentence(task)
  // The label says that already.
  if (task.reason === 'CANCELLED') return undefined
  return task.reason ? reasonSentences[wordOf(task.reason) as TaskReason] : undefined
}

/** Another text whenever a step has changed its state. */
export const stepsVersion = (task: Pick<LiveTask, 'stepsByState' | 'lastSeq'>): string =>
  `${task.lastSeq} ${task.stepsByState.map((one) => `${one.state}${one.count}`).join()}`

const notDone: ReadonlySet<string> = new Set(['CANCELLED'])

/** How many steps wait for somebody to say what became of them, items of loops included. */
export const interruptedSteps = (task: Pick<LiveTask, 'reason' | 'stepsByState'>): number =>
  task.reason === 'NEEDS_REVIEW' ? (task.stepsByState.find((one) => one.state === 'CRASHED')?.count ?? 0) : 0

/** How many steps failed for good, items of loops included. */
export const failedSteps = (task: Pick<LiveTask, 'stepsByState'>): number =>
  task.stepsByState.reduce((sum, one) => sum + (isFailedStep(one) ? one.count : 0), 0)

const isCutShort = (task: Pick<LiveTask, 'state' | 'result'>): boolean =>
  isOver(task) && (task.result === 'ERROR' || task.result === 'CANCELLED')

/** How many steps did their work, and how many failed for good. Those that a failed task left out never had their turn. */
export function stepsDone(task: Pick<LiveTask, 'state' | 'result' | 'stepsByState'>): {
  done: number
  failed: number
} {
  const isOut = (state: string) => notDone.has(state) || (state === 'PRUNE' && isCutShort(task))
  const count = (isCounted: (step: { state: string }) => boolean) =>
    task.stepsByState.reduce((sum, one) => sum + (isCounted(one) ? one.count : 0), 0)
  return {
    done: count((step) => isFinishedStep(step) && !isFailedStep(step) && !isOut(step.state)),
    failed: count(isFailedStep),
  }
}

/** 0 to 1, or undefined when nobody knows. A task that ended without success shows how far it came. */
export function progressOf(task: LiveTask): number | undefined {
  if (task.state === 'RUNNING' && task.stepCount === 0 && task.progress === 0) return undefined
  if (!isCutShort(task) || task.stepCount === 0) return task.progress
  return Math.min(task.progress, stepsDone(task).done / task.stepCount)
}

/** `Paused`, `Running 45 %`: for the tab of the browser. */
export function tabWord(task: Pick<LiveTask, 'state' | 'result' | 'reason' | 'progress'>): string {
  const { word } = statusOf(task)
  return task.state === 'RUNNING' ? `${word} ${Math.floor(task.progress * 100)} %` : word
}
