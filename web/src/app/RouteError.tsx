import { Button } from '@patternfly/react-core'
import BugIcon from '@patternfly/react-icons/dist/esm/icons/bug-icon'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { problemOfThrown } from '../client/problems.ts'
import { Empty } from '../kit/Empty.tsx'
import { ProblemState } from '../kit/QueryState.tsx'

// A page file that is gone was replaced by a newer build: only loading the page anew helps.
const isOldBuild = (error: Error) => /dynamically imported module|importing a module/i.test(error.message)

/** What stands in the place of a page that could not be opened. */
export function RouteError({ error: thrown }: ErrorComponentProps) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const reload = () => location.reload()
  if (isOldBuild(error)) {
    return (
      <Empty title="This page has a newer version" actions={<Button onClick={reload}>Load it</Button>}>
        Stint was updated while this tab was open.
      </Empty>
    )
  }
  const problem = problemOfThrown(error)
  if (problem.code === 'offline' && !(error instanceof TypeError && /fetch/i.test(error.message))) {
    return (
      <Empty
        title="This page failed"
        icon={BugIcon}
        status="danger"
        actions={<Button onClick={reload}>Load it again</Button>}
      >
        {error.message}
      </Empty>
    )
  }
  return <ProblemState problem={problem} onRetry={reload} />
}
