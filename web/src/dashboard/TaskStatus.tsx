import { Switch } from '@patternfly/react-core'
import { counted } from '@stint/schema/counted'
import type { TaskResult, TaskState } from '@stint/schema/words'
import { Link } from '@tanstack/react-router'
import { type FragmentOf, readFragment } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { sentenceCase, wordOf } from '../client/words.ts'
import { LazyDonut } from '../kit/chart/LazyDonut.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Panel } from '../kit/Panel.tsx'
import { StatusIcon } from '../kit/StatusLabel.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { useStored } from '../kit/useStored.ts'
import { countText, type StatusRow, statusRows } from './statusRows.ts'

export const TaskStatusFragment = graphql(`
  fragment TaskStatus_query on Query {
    taskCounts {
      state
      result
      count
      isCapped
      latestAt
    }
  }
`)

const linkOf = (row: StatusRow) =>
  paths.tasks({ state: [row.state], result: row.state === 'stopped' ? [row.result] : undefined })

const columns: readonly Column<StatusRow>[] = [
  {
    key: 'state',
    title: 'State',
    cell: (row) => (
      <span className="st-row st-nowrap">
        <StatusIcon status={row.status} /> {sentenceCase(row.state)}
      </span>
    ),
  },
  {
    key: 'result',
    title: 'Result',
    cell: (row) => (row.result === 'pending' ? '–' : sentenceCase(row.result)),
  },
  {
    key: 'count',
    title: 'Tasks',
    isRight: true,
    cell: (row) => (
      <Link {...linkOf(row)} aria-label={`${counted(row.count, 'task')}: ${row.status.word}`}>
        {countText(row.count, row.isCapped)}
      </Link>
    ),
    watches: (row) => row.count,
  },
  { key: 'latest', title: 'Latest', cell: (row) => <Moment at={row.latestAt} />, isWideOnly: true },
]

/** Tasks by state and result; every number is a link to its list. */
export function TaskStatus({ query }: { query: FragmentOf<typeof TaskStatusFragment> }) {
  const { taskCounts } = readFragment(TaskStatusFragment, query)
  const [isTable, setTable] = useStored('stint.dashboard.table', false)
  const rows = statusRows(
    taskCounts.map((one) => ({
      ...one,
      state: wordOf(one.state) as TaskState,
      result: wordOf(one.result) as TaskResult,
    })),
  )
  const total = rows.reduce((sum, row) => sum + row.count, 0)
  const slices = rows.map((row) => ({ name: row.status.word, value: row.count, tone: row.status.tone }))
  return (
    <Panel
      title="Task status"
      actions={
        <Switch
          id="status-table"
          label="Show as table"
          isReversed
          isChecked={isTable}
          onChange={(_event, on) => setTable(on)}
        />
      }
    >
      <div className="st-task-status">
        {!isTable && (
          <LazyDonut
            slices={slices}
            label={`Tasks by state: ${slices.map((slice) => `${slice.value} ${slice.name}`).join(', ')}`}
            total={countText(
              total,
              rows.some((row) => row.isCapped),
            )}
            caption={total === 1 ? 'task' : 'tasks'}
          />
        )}
        <div>
          <DataTable
            label="Tasks by state and result"
            isNarrow
            columns={columns}
            rows={rows}
            keyOf={(row) => `${row.state}/${row.result}`}
            nameOf={(row) => row.status.word}
            markOf={(row) => (row.isErroneous ? 'bad' : undefined)}
          />
        </div>
      </div>
    </Panel>
  )
}
