import ServerIcon from '@patternfly/react-icons/dist/esm/icons/server-icon'
import { Link } from '@tanstack/react-router'
import { type ResultOf, readFragment } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { useRepeatedly } from '../client/repeat.ts'
import { CapacityBar } from '../kit/chart/CapacityBar.tsx'
import { Empty } from '../kit/Empty.tsx'
import { Figures } from '../kit/Figures.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { StatusLabel } from '../kit/StatusLabel.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { durationText } from '../kit/time.ts'
import { type Executor, ExecutorRow, executorStatus } from './executor.ts'

const ExecutorsPageQuery = graphql(
  `
    query ExecutorsPage {
      executors {
        id
        ...ExecutorRow_executor
      }
      engine {
        hints
        oldestWaitingSeconds
        waiting
        takeovers
        foundByNet
        countsRepaired
        leader {
          id
          host
        }
      }
    }
  `,
  [ExecutorRow],
)

type Engine = ResultOf<typeof ExecutorsPageQuery>['engine']

// What has ended has no room; a dead one may still hold tasks for a moment.
const isOver = ({ state }: Executor) => state === 'STOPPED' || state === 'DEAD'
const nothing = <span className="st-quiet">–</span>

const columns: readonly Column<Executor>[] = [
  {
    key: 'host',
    title: 'Executor',
    width: 25,
    isSelfEvident: true,
    cell: (executor) => (
      <Link {...paths.executor(executor.id)} className="st-break">
        {executor.host}{' '}
        <span className="st-quiet">
          process {executor.pid}
          {executor.isLeader && ' · leader'}
        </span>
      </Link>
    ),
  },
  {
    key: 'state',
    title: 'State',
    cell: (executor) => <StatusLabel status={executorStatus(executor)} isCompact />,
    watches: (executor) => executor.state,
  },
  {
    key: 'tasks',
    title: 'Tasks',
    width: 20,
    cell: (executor) =>
      isOver(executor) && executor.tasks === 0 ? (
        nothing
      ) : (
        <CapacityBar
          used={executor.tasks}
          capacity={executor.capacity > 0 ? executor.capacity : null}
          label={`Tasks that ${executor.host} advances`}
        />
      ),
    watches: (executor) => executor.tasks,
  },
  {
    key: 'running',
    title: 'Actions running',
    isRight: true,
    cell: (executor) => (isOver(executor) ? nothing : executor.running.toLocaleString('en')),
    watches: (executor) => executor.running,
  },
  { key: 'region', title: 'Region', cell: (executor) => executor.region ?? 'any' },
  { key: 'version', title: 'Version', cell: (executor) => executor.version, isWideOnly: true },
  { key: 'heartbeat', title: 'Last heartbeat', cell: (executor) => <Moment at={executor.heartbeatAt} /> },
]

// A heartbeat is no event: nobody announces it, so this page looks again at its rhythm.
const everyMs = 2000

/** Which processes do the work, are they well, and does anything wait for them? */
export function ExecutorsPage() {
  const { data, problem, refetch } = usePageQuery(ExecutorsPageQuery, {})
  useRepeatedly(refetch, everyMs)
  return (
    <Page
      title="Executors"
      facts="Processes that advance tasks. One that is silent for 10 seconds is dead; others take over its tasks."
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ executors, engine }) => (
          <div className="st-stack st-stack--large">
            <Figures figures={figuresOf(engine)} />
            {executors.length === 0 ? (
              <Empty title="No executor" icon={ServerIcon} status="warning">
                Tasks wait until one is started.
              </Empty>
            ) : (
              <DataTable
                label="Executors"
                columns={columns}
                rows={executors.map((ref) => readFragment(ExecutorRow, ref))}
                keyOf={(executor) => executor.id}
                nameOf={(executor) => `${executor.host} ${executor.pid}`}
                markOf={(executor) => (executor.state === 'DEAD' ? 'bad' : undefined)}
              />
            )}
          </div>
        )}
      </QueryState>
    </Page>
  )
}

const figuresOf = (engine: Engine) => [
  {
    name: 'Waiting for an executor',
    value: engine.waiting.toLocaleString('en'),
    hint: 'Tasks that could run now and that no executor has.',
  },
  {
    name: 'Oldest waiting',
    value: engine.oldestWaitingSeconds === null ? '–' : durationText(engine.oldestWaitingSeconds * 1000),
    hint: 'How long the first of them has waited.',
    isBad: (engine.oldestWaitingSeconds ?? 0) > 60,
  },
  {
    name: 'Messages in the queue',
    value: engine.hints.toLocaleString('en'),
    hint: 'Each says “look at this task”.',
  },
  {
    name: 'Takeovers',
    value: engine.takeovers.toLocaleString('en'),
    hint: 'Executors of the last day that fell silent; others took over their tasks.',
  },
  {
    name: 'Found by the safety net',
    value: engine.foundByNet.toLocaleString('en'),
    hint: 'Tasks that no message pointed at; more than none needs an explanation.',
    isBad: engine.foundByNet > 0,
  },
  {
    name: 'Counts repaired',
    value: engine.countsRepaired.toLocaleString('en'),
    hint: 'By how many tasks the numbers on cards were wrong; more than none needs an explanation.',
    isBad: engine.countsRepaired > 0,
  },
  {
    name: 'Leader',
    value: engine.leader ? <Link {...paths.executor(engine.leader.id)}>{engine.leader.host}</Link> : 'none',
    hint: 'The executor that also watches clocks and the others.',
  },
]
