import { Alert, AlertActionCloseButton } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { paths } from '../../client/paths.ts'
import { type BulkRun, outcomeOf } from './outcome.ts'

interface BulkOutcomeProps {
  readonly run: BulkRun
  readonly onClose: () => void
}

const named = 10

/** How far a command for many tasks has come, and which of them refused it. */
export function BulkOutcome({ run, onClose }: BulkOutcomeProps) {
  const { done, total, refusals } = run
  const isDone = done === total
  const tone = refusals.length > 0 ? 'warning' : isDone ? 'success' : 'info'
  return (
    <Alert
      variant={tone}
      isInline
      title={outcomeOf(run)}
      component="p"
      isLiveRegion
      actionClose={isDone ? <AlertActionCloseButton onClose={onClose} /> : undefined}
    >
      {refusals.length > 0 && (
        <ul className="st-bullets">
          {refusals.slice(0, named).map(({ task, problem }) => (
            <li key={task.id}>
              <Link {...paths.task(task.uuid)}>{task.title}</Link>: {problem.message}
            </li>
          ))}
          {refusals.length > named && <li>and {refusals.length - named} more</li>}
        </ul>
      )}
    </Alert>
  )
}
