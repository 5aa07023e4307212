import { wholeTask } from '../../change.ts'
import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { askAgain } from './lock.ts'

/** A time has come: of the task (its start, its deadline) or of a step (its retry, the end of its wait). */
export function due(run: RunningTask, signal: SignalRow): void {
  if (signal.stepNo === null || signal.stepNo < 0) return taskDue(run)
  const step = run.steps.rows[signal.stepNo]
  askAgain(run, signal.stepNo)
  // The timer may have been moved since it fired: the row knows.
  if (step?.dueAt && run.steps.mayStart(step)) run.steps.candidates.add(step.no)
}

function taskDue(run: RunningTask): void {
  const now = run.host.now().getTime()
  const { startBefore } = run.facts
  const { patch } = run.task
  const notStarted =
    patch.startedAt === undefined && (patch.state === 'scheduled' || patch.state === 'pending')
  if (notStarted && startBefore && startBefore.getTime() <= now) return run.stop('missed-deadline', 'PRUNE')
  askAgain(run, wholeTask)
  if (patch.state !== 'scheduled' || patch.reason !== 'start-at') return
  if (!patch.startAt || patch.startAt.getTime() <= now + 50) run.task.moveTo('pending', 'queued')
}
