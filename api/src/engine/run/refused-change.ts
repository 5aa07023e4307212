import type { AttemptRow, Change } from '../change.ts'
import { errorSummaryOf } from './error-summary.ts'
import type { RunningTask } from './running-task.ts'

/**
 * A change that the database refused for its content, without what actions produced: outputs, log, events and births go, the
 * steps they belong to fail with the reason. Refused once more, the attempts go as well. Undefined when nothing is left to leave
 * out.
 */
export function withoutProducts(run: RunningTask, change: Change, error: unknown): Change | undefined {
  const { attempts, output, events, result, births, ...rest } = change
  const isStripped = !output && !events && !result && !births && !attempts?.some((a) => a.output || a.error)
  if (isStripped) return attempts && rest
  const why = error instanceof Error ? error.message : String(error)
  const errorSummary = errorSummaryOf(`the database refused what this step produced: ${why}`)
  const failed = new Map<number, AttemptRow>()
  for (const attempt of attempts ?? []) {
    failed.set(attempt.stepNo, {
      ...attempt,
      state: 'FATAL_ERROR',
      output: undefined,
      error: undefined,
      errorSummary,
    })
    const step = run.steps.rows[attempt.stepNo]
    if (!step) continue
    const wasDone = run.steps.isDone(step)
    step.state = 'FATAL_ERROR'
    step.errorSummary = errorSummary
    run.steps.moved(step, wasDone)
  }
  const steps = rest.steps?.map((step) =>
    failed.has(step.no) ? { ...step, state: 'FATAL_ERROR', errorSummary } : step,
  )
  return { ...rest, ...(steps && { steps }), ...(failed.size > 0 && { attempts: [...failed.values()] }) }
}
