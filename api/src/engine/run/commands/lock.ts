import { wholeTask } from '../../change.ts'
import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'

/** What the task waits for was given to it, or may be had now. */
export function lockFree(run: RunningTask, signal: SignalRow): void {
  askAgain(run, signal.stepNo ?? wholeTask)
}

/** The next turn asks for the lock again: whoever has it already is told so, whoever waits keeps its place. */
export function askAgain(run: RunningTask, stepNo: number): void {
  run.locks.woken(stepNo)
  const step = stepNo === wholeTask ? undefined : run.steps.rows[stepNo]
  if (step && run.steps.mayStart(step)) run.steps.candidates.add(stepNo)
  const { state, reason } = run.task.patch
  if (state === 'pending' && (reason === 'lock' || reason === 'capacity')) run.task.queue()
}
