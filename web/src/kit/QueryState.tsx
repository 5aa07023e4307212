import { Button, Skeleton } from '@patternfly/react-core'
import BugIcon from '@patternfly/react-icons/dist/esm/icons/bug-icon'
import LockIcon from '@patternfly/react-icons/dist/esm/icons/lock-icon'
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon'
import UnpluggedIcon from '@patternfly/react-icons/dist/esm/icons/unplugged-icon'
import type { ReactNode } from 'react'
import type { PageProblem } from '../client/problems.ts'
import { Empty } from './Empty.tsx'

interface QueryStateProps<Data> {
  readonly data: Data | undefined
  readonly problem: PageProblem | undefined
  readonly onRetry?: () => void
  readonly skeleton?: ReactNode
  readonly children: (data: Data) => ReactNode
}

/** Loading, failed, forbidden or there: every page draws its data through this, so the four look alike everywhere. */
export function QueryState<Data>({ data, problem, onRetry, skeleton, children }: QueryStateProps<Data>) {
  if (data !== undefined) return children(data)
  if (problem) return <ProblemState problem={problem} onRetry={onRetry} />
  return skeleton ?? <RowsSkeleton />
}

const retryButton = (onRetry: (() => void) | undefined) =>
  onRetry && (
    <Button variant="secondary" onClick={onRetry}>
      Try again
    </Button>
  )

/** A problem in the place of what could not be shown. */
export function ProblemState({ problem, onRetry }: { problem: PageProblem; onRetry?: () => void }) {
  if (problem.code === 'forbidden')
    return <Forbidden permission={problem.permission} message={problem.message} />
  if (problem.code === 'not-found') {
    return (
      <Empty title="This is not here" icon={SearchIcon}>
        {problem.message}
      </Empty>
    )
  }
  if (problem.code === 'offline') {
    return (
      <Empty
        title="The server cannot be reached"
        icon={UnpluggedIcon}
        status="warning"
        actions={retryButton(onRetry)}
      >
        What you see here is loaded as soon as it answers again.
      </Empty>
    )
  }
  return (
    <Empty title="This could not be loaded" icon={BugIcon} status="danger" actions={retryButton(onRetry)}>
      {problem.message}
      {problem.requestId && <div className="st-quiet">Request {problem.requestId}</div>}
    </Empty>
  )
}

interface ForbiddenProps {
  readonly permission?: string
  readonly message?: string
}

/** A page that the person may not see, with the permission that is missing. */
export function Forbidden({ permission, message }: ForbiddenProps) {
  return (
    <Empty title="You may not see this" icon={LockIcon}>
      {permission ? (
        <>
          It needs the permission <code className="st-code">{permission}</code>. An administrator can give it
          to you.
        </>
      ) : (
        message
      )}
    </Empty>
  )
}

const widths = ['94%', '78%', '88%', '70%', '84%', '90%', '66%', '80%']

/** The outline of rows, only for the first time; later the old rows stay. */
export function RowsSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div className="st-skeleton" role="status" aria-label="Loading">
      {widths.slice(0, rows).map((width) => (
        <Skeleton key={width} width={width} screenreaderText="" />
      ))}
    </div>
  )
}
