import { Alert, AlertActionCloseButton } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { paths } from '../../client/paths.ts'
import type { PageProblem } from '../../client/problems.ts'
import { type GivenCommand, taskVerbs } from '../verbs.ts'
import type { LiveTask } from '../words.ts'

export interface Refusal {
  readonly task: LiveTask
  readonly problem: PageProblem
}

interface BulkOutcomeProps {
  readonly command: GivenCommand
  readonly done: number
  readonly total: number
  readonly refusals: readonly Refusal[]
  readonly onClose: () => void
}

/** How far a command for many tasks has come, and which of them refused it. */
export function BulkOutcome({ command, done, total, refusals, onClose }: BulkOutcomeProps) {
  const isDone = done === total
  const accepted = done - refusals.length
  const title = `${taskVerbs[command].title}: ${accepted} of ${total} accepted${refusals.length > 0 ? `, ${refusals.length} refused` : ''}`
  const tone = refusals.length > 0 ? 'warning' : isDone ? 'success' : 'info'
  return (
    <Alert
      variant={tone}
      isInline
      title={title}
      component="p"
      isLiveRegion
      actionClose={isDone ? <AlertActionCloseButton onClose={onClose} /> : undefined}
    >
      {refusals.length > 0 && (
        <ul className="st-bullets">
          {refusals.map(({ task, problem }) => (
            <li key={task.id}>
              <Link {...paths.task(task.uuid)}>{task.title}</Link>: {problem.message}
            </li>
          ))}
        </ul>
      )}
    </Alert>
  )
}
