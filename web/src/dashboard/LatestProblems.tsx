import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon'
import { Link } from '@tanstack/react-router'
import { type FragmentOf, type ResultOf, readFragment } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { type NodeOf, nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { wordOf } from '../client/words.ts'
import { Empty } from '../kit/Empty.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Panel } from '../kit/Panel.tsx'
import { StatusLabel } from '../kit/StatusLabel.tsx'
import { taskStatus } from '../kit/status.ts'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'

export const LatestProblemsFragment = graphql(`
  fragment LatestProblems_query on Query {
    problems: tasks(filter: { states: [STOPPED], results: [WARNING, ERROR] }, first: 8) {
      edges {
        node {
          id
          uuid
          title
          state
          result
          owner
          endedAt
          errorSummary
          stepsByState {
            state
            count
          }
        }
      }
    }
  }
`)

type Problem = NodeOf<ResultOf<typeof LatestProblemsFragment>['problems']>

function whatHappened(task: Problem): string {
  const skipped = task.stepsByState.find((one) => one.state === 'SKIPPED')?.count ?? 0
  if (task.errorSummary) return task.errorSummary
  return skipped > 0 ? `${skipped} ${skipped === 1 ? 'step was' : 'steps were'} skipped` : '–'
}

const columns: readonly Column<Problem>[] = [
  {
    key: 'result',
    title: 'Result',
    isNarrow: true,
    cell: (task) => (
      <StatusLabel status={taskStatus('stopped', wordOf(task.result) as 'error' | 'warning')} isCompact />
    ),
  },
  {
    key: 'task',
    title: 'Task',
    width: 30,
    cell: (task) => (
      <Link {...paths.task(task.uuid)} className="st-clamp st-break">
        {task.title}
      </Link>
    ),
  },
  {
    key: 'error',
    title: 'What happened',
    width: 40,
    cell: (task) => <span className="st-clamp st-break">{whatHappened(task)}</span>,
  },
  { key: 'owner', title: 'Owner', cell: (task) => task.owner, isWideOnly: true },
  { key: 'ended', title: 'Ended', cell: (task) => <Moment at={task.endedAt} /> },
]

/** The newest tasks that ended with a warning or an error. */
export function LatestProblems({ query }: { query: FragmentOf<typeof LatestProblemsFragment> }) {
  const { problems } = readFragment(LatestProblemsFragment, query)
  return (
    <Panel
      title="Latest warning/error tasks"
      actions={<Link {...paths.tasks({ state: ['stopped'], result: ['warning', 'error'] })}>All</Link>}
    >
      {problems.edges.length === 0 ? (
        <Empty title="No task ended with a warning or an error" icon={CheckCircleIcon} level="h3" isSmall>
          Those that do appear here. A task that failed and can still be helped is paused, and needs
          attention.
        </Empty>
      ) : (
        <DataTable
          label="Latest warning/error tasks"
          columns={columns}
          rows={nodesOf(problems)}
          keyOf={(task) => task.id}
          nameOf={(task) => task.title}
        />
      )}
    </Panel>
  )
}
