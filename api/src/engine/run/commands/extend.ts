import { isRetriable } from '../../step.ts'
import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'
import { goOn } from './go-on.ts'
import { note } from './note.ts'

/**
 * A task that used up its automatic retries gets as many again (`retry_max`) and goes on with the steps that were being
 * retried. Other than resume it leaves what failed for good, and steps go on counting their own tries.
 */
export function extendRetries(run: RunningTask, signal: SignalRow): void {
  if (run.task.state !== 'paused' || run.task.patch.reason !== 'retries-exhausted') return
  note(run, signal, { retries: run.plan.template.retryMax })
  for (const step of run.steps.rows) if (isRetriable(step.state)) run.steps.rerun(step.no, step.state)
  goOn(run, signal.actor)
}
