import type { SignalKind } from '@stint/schema/words'
import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { dependency, reject, resolve } from './approve.ts'
import { cancel } from './cancel.ts'
import { due } from './due.ts'
import { editRequest } from './edit.ts'
import { extendRetries } from './extend.ts'
import { lockFree } from './lock.ts'
import { news } from './news.ts'
import { parentPaused, parentResumed } from './parent.ts'
import { pause, resume } from './pause.ts'
import { reviewStep } from './review.ts'
import { setStepState } from './set-state.ts'
import { startOver } from './start-over.ts'
import { retryStep, skipStep } from './step.ts'
import { forceUnlock, unlock } from './unlock.ts'

/*
 * What each signal does to a task. A signal that no longer fits (a resume of a task that runs, a second cancel) is applied
 * as nothing and disappears: whoever sent it was answered when it became durable, and the record shows what happened since.
 */

type Handler = (run: RunningTask, signal: SignalRow) => void

const handlers: Partial<Record<SignalKind, Handler>> = {
  cancel: (run, signal) => cancel(run, signal, 'cancel'),
  'force-cancel': (run, signal) => cancel(run, signal, 'force-cancel'),
  unlock,
  'force-unlock': forceUnlock,
  pause,
  resume,
  'parent-paused': parentPaused,
  'parent-resumed': parentResumed,
  resolve,
  reject,
  due,
  dependency,
  lock: lockFree,
  subtask: news,
  callback: news,
  input: news,
  'retry-step': retryStep,
  'skip-step': skipStep,
  'review-step': reviewStep,
  'set-step-state': setStepState,
  'start-over': startOver,
  'extend-retries': extendRetries,
  'edit-request': editRequest,
}

export function applySignal(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'stopped') handlers[signal.kind]?.(run, signal)
}
