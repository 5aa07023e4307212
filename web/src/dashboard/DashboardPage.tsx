import './dashboard.css'
import { useEffect, useState } from 'react'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { useTaskPulse } from '../client/pulse.ts'
import { usePageQuery } from '../client/query.ts'
import { useCan } from '../client/session.ts'
import { useNow } from '../kit/clock.ts'
import { ButtonLink } from '../kit/links.tsx'
import { factsToCome, Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { exactText, tickingText } from '../kit/time.ts'
import { StartPanel } from '../start/StartPanel.tsx'
import { LatestProblems, LatestProblemsFragment } from './LatestProblems.tsx'
import { TaskStatus, TaskStatusFragment } from './TaskStatus.tsx'
import { WaitingForPeople, WaitingForPeopleFragment } from './WaitingForPeople.tsx'

const DashboardQuery = graphql(
  `
    query Dashboard {
      server {
        isEmpty
        upSince
        installation
      }
      ...TaskStatus_query
      ...LatestProblems_query
      ...WaitingForPeople_query
    }
  `,
  [TaskStatusFragment, LatestProblemsFragment, WaitingForPeopleFragment],
)

/** How are we doing, and what needs me? An installation without a task gets its first ten minutes instead. */
export function DashboardPage() {
  const { data, problem, refetch } = usePageQuery(DashboardQuery, {})
  const changes = useTaskPulse()
  const canRun = useCan('task.create')
  useEffect(() => {
    if (changes > 0) refetch()
  }, [changes, refetch])
  // Decided once: the first task must not pull the page away under the person who just started it.
  const [wasEmpty, setWasEmpty] = useState<boolean>()
  if (data && wasEmpty === undefined) setWasEmpty(data.server.isEmpty)
  if (wasEmpty) return <StartPanel />
  return (
    <Page
      title="Dashboard"
      facts={
        data ? <UpSince at={data.server.upSince} installation={data.server.installation} /> : factsToCome
      }
      actions={canRun && <ButtonLink {...paths.templates()}>Run a template</ButtonLink>}
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {(dashboard) => (
          <div className="st-dashboard">
            <TaskStatus query={dashboard} />
            <WaitingForPeople query={dashboard} />
            <LatestProblems query={dashboard} />
          </div>
        )}
      </QueryState>
    </Page>
  )
}

function UpSince({ at, installation }: { at: string; installation: string }) {
  const now = useNow()
  return (
    <>
      <span>{installation}</span>
      <span title={exactText(at)}>
        up since {exactText(at)} ({tickingText(now - new Date(at).getTime())})
      </span>
    </>
  )
}
