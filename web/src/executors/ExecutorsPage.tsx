import ServerIcon from '@patternfly/react-icons/dist/esm/icons/server-icon'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { usePageQuery } from '../client/query.ts'
import { useRepeatedly } from '../client/repeat.ts'
import { sentenceCase } from '../client/words.ts'
import { Identifier } from '../kit/CopyButton.tsx'
import { Empty } from '../kit/Empty.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { StatusLabel } from '../kit/StatusLabel.tsx'
import type { Tone } from '../kit/status.ts'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'

const ExecutorsPageQuery = graphql(`
  query ExecutorsPage {
    executors {
      id
      host
      pid
      version
      region
      role
      state
      capacity
      startedAt
      heartbeatAt
      tasks
    }
  }
`)

type Executor = ResultOf<typeof ExecutorsPageQuery>['executors'][number]

const tones: Record<Executor['state'], Tone> = {
  ALIVE: 'success',
  DRAINING: 'paused',
  STOPPED: 'cancelled',
  DEAD: 'error',
}

const columns: readonly Column<Executor>[] = [
  {
    key: 'host',
    title: 'Host',
    width: 30,
    isSelfEvident: true,
    cell: (executor) => (
      <div className="st-cell">
        <span className="st-break">
          {executor.host} <span className="st-quiet">process {executor.pid}</span>
        </span>
        <span className="st-quiet st-small">
          <Identifier
            text={executor.id.slice(0, 8)}
            label={`Copy the identifier of ${executor.host}`}
            copies={executor.id}
          />
        </span>
      </div>
    ),
  },
  {
    key: 'state',
    title: 'State',
    cell: (executor) => (
      <StatusLabel status={{ tone: tones[executor.state], word: sentenceCase(executor.state) }} isCompact />
    ),
    watches: (executor) => executor.state,
  },
  {
    key: 'tasks',
    title: 'Tasks',
    isRight: true,
    cell: (executor) => `${executor.tasks}${executor.capacity > 0 ? ` of ${executor.capacity}` : ''}`,
    watches: (executor) => executor.tasks,
  },
  { key: 'region', title: 'Region', cell: (executor) => executor.region ?? 'any' },
  { key: 'role', title: 'Role', cell: (executor) => executor.role, isWideOnly: true },
  { key: 'version', title: 'Version', cell: (executor) => executor.version },
  { key: 'heartbeat', title: 'Last heartbeat', cell: (executor) => <Moment at={executor.heartbeatAt} /> },
  {
    key: 'started',
    title: 'Started',
    cell: (executor) => <Moment at={executor.startedAt} />,
    isWideOnly: true,
  },
]

// A heartbeat is no event: nobody announces it, so this page looks again at its rhythm.
const everyMs = 2000

/** Which processes do the work, and are they well? */
export function ExecutorsPage() {
  const { data, problem, refetch } = usePageQuery(ExecutorsPageQuery, {})
  useRepeatedly(refetch, everyMs)
  return (
    <Page
      title="Executors"
      facts="Processes that advance tasks. One that is silent for 10 seconds is dead; others take over its tasks."
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ executors }) =>
          executors.length === 0 ? (
            <Empty title="No executor" icon={ServerIcon} status="warning">
              Tasks wait until one is started.
            </Empty>
          ) : (
            <DataTable
              label="Executors"
              columns={columns}
              rows={executors}
              keyOf={(executor) => executor.id}
              nameOf={(executor) => `${executor.host} ${executor.pid}`}
              markOf={(executor) => (executor.state === 'DEAD' ? 'bad' : undefined)}
            />
          )
        }
      </QueryState>
    </Page>
  )
}
