import { getRouteApi, Link } from '@tanstack/react-router'
import { readFragment } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { useRepeatedly } from '../client/repeat.ts'
import { Identifier } from '../kit/CopyButton.tsx'
import { CapacityBar } from '../kit/chart/CapacityBar.tsx'
import { Duration } from '../kit/Duration.tsx'
import { type Fact, Facts } from '../kit/Facts.tsx'
import { Figures } from '../kit/Figures.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { ProblemState, QueryState } from '../kit/QueryState.tsx'
import { StatusLabel } from '../kit/StatusLabel.tsx'
import { DrainButton } from './DrainButton.tsx'
import { type Executor, ExecutorRow, executorStatus } from './executor.ts'

const ExecutorPageQuery = graphql(
  `
    query ExecutorPage {
      executors {
        id
        ...ExecutorRow_executor
      }
    }
  `,
  [ExecutorRow],
)

const route = getRouteApi('/signed-in/executors/$id')
const everyMs = 2000

const trail = [
  <Link key="executors" {...paths.executors()}>
    Executors
  </Link>,
]

const missing = {
  code: 'not-found' as const,
  message: 'There is no such executor, or it ended more than a day ago.',
  fields: [],
}

/** What does this process do, and is it well? */
export function ExecutorPage() {
  const { id } = route.useParams()
  const { data, problem, refetch } = usePageQuery(ExecutorPageQuery, {})
  useRepeatedly(refetch, everyMs)
  const executor = data?.executors.map((ref) => readFragment(ExecutorRow, ref)).find((one) => one.id === id)
  return (
    <Page
      title={executor ? `${executor.host}, process ${executor.pid}` : 'Executor'}
      trail={trail}
      label={executor && <StatusLabel status={executorStatus(executor)} />}
      actions={executor && <DrainButton executor={executor} />}
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {() => (executor ? <Details executor={executor} /> : <ProblemState problem={missing} />)}
      </QueryState>
    </Page>
  )
}

function Details({ executor }: { executor: Executor }) {
  const isUp = executor.state === 'ALIVE' || executor.state === 'DRAINING'
  const facts: Fact[] = [
    { name: 'Role', value: executor.role },
    { name: 'Region', value: executor.region ?? 'any' },
    { name: 'Version', value: executor.version },
    { name: 'Started', value: <Moment at={executor.startedAt} /> },
    {
      name: isUp ? 'Runs for' : 'Ran for',
      value: <Duration from={executor.startedAt} to={isUp ? null : executor.heartbeatAt} />,
    },
    { name: 'Last heartbeat', value: <Moment at={executor.heartbeatAt} /> },
    { name: 'Identifier', value: <Identifier text={executor.id} label="Copy the identifier" /> },
  ]
  return (
    <div className="st-stack st-stack--large">
      <CapacityBar
        used={executor.tasks}
        capacity={executor.capacity > 0 ? executor.capacity : null}
        label="Tasks that it advances"
      />
      <Figures
        figures={[
          { name: 'Tasks', value: executor.tasks.toLocaleString('en'), hint: 'Tasks that it advances now.' },
          {
            name: 'Actions running',
            value: executor.running.toLocaleString('en'),
            hint: 'Steps whose action runs in it now.',
          },
          {
            name: 'Messages handled',
            value: executor.hints.toLocaleString('en'),
            hint: 'Of the queue, since it started.',
          },
          {
            name: 'Flushes per second',
            value: executor.flushesPerSecond === null ? '–' : executor.flushesPerSecond.toFixed(1),
            hint: 'Commits that write down what its tasks did.',
          },
          {
            name: 'Takeovers',
            value: executor.takeovers.toLocaleString('en'),
            hint: 'Silent executors whose tasks it took over, as the leader.',
          },
        ]}
      />
      <Facts facts={facts} />
    </div>
  )
}
