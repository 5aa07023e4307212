import type { TaskState as State, TaskResult } from '@stint/schema/words'
import { readFragment } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import { nodesOf } from '../../client/nodes.ts'
import { usePageQuery } from '../../client/query.ts'
import { useSteadily } from '../../client/steady.ts'
import { wordOf } from '../../client/words.ts'
import { StateBar, type StatePart } from '../../kit/chart/StateBar.tsx'
import { Empty } from '../../kit/Empty.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import { taskStatus } from '../../kit/status.ts'
import { DataTable } from '../../kit/table/DataTable.tsx'
import { ForwardPager, usePages } from '../../kit/table/ForwardPager.tsx'
import { TaskState } from '../fragments.ts'
import { taskColumns } from '../list/columns.tsx'
import { type LiveTask, stepsVersion } from '../words.ts'

const ChildrenQuery = graphql(
  `
    query TaskChildren($id: ID!, $first: Int, $after: String) {
      task(id: $id) {
        id
        childCounts {
          state
          result
          count
        }
        children(first: $first, after: $after) {
          edges {
            node {
              id
              ...TaskState_task
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  `,
  [TaskState],
)

const pageSize = 25
const everyMs = 1000

interface Count {
  readonly state: string
  readonly result: string
  readonly count: number
}

/** Counts by state and result as parts of a bar: over first, to do last. */
function partsOf(counts: readonly Count[]): StatePart[] {
  const order = ['success', 'warning', 'error', 'cancelled', 'paused', 'running', 'waiting', 'scheduled']
  const shown = counts.map(({ state, result, count }) => ({
    ...taskStatus(wordOf(state) as State, wordOf(result) as TaskResult),
    count,
  }))
  return shown.toSorted((one, other) => order.indexOf(one.tone) - order.indexOf(other.tone))
}

/** Which tasks did it start, and how are they? */
export function ChildrenTab({ task }: { task: LiveTask }) {
  const pages = usePages('sub-tasks')
  const { data, problem, isOld, refetch } = usePageQuery(
    ChildrenQuery,
    { id: task.id, first: pageSize, after: pages.after },
    { keepOld: true },
  )
  useSteadily(stepsVersion(task), refetch, { everyMs })
  return (
    <QueryState data={data?.task ?? undefined} problem={problem} onRetry={refetch}>
      {({ children, childCounts }) =>
        children.edges.length === 0 && pages.no === 1 ? (
          <Empty title="It has started no other task" level="h3" isSmall>
            Steps of the actions subtask and batch start tasks of their own.
          </Empty>
        ) : (
          <div className="st-stack">
            <Counts parts={partsOf(childCounts)} />
            <DataTable
              label="Sub-tasks"
              columns={taskColumns}
              rows={nodesOf(children).map((node) => readFragment(TaskState, node))}
              keyOf={(child) => child.id}
              nameOf={(child) => child.title}
              isOld={isOld}
            />
            <ForwardPager pages={pages} pageInfo={children.pageInfo} label="Pages of sub-tasks" />
          </div>
        )
      }
    </QueryState>
  )
}

function Counts({ parts }: { parts: readonly StatePart[] }) {
  return (
    <div className="st-cell">
      <StateBar parts={parts} label="Sub-tasks" isLarge />
      <p className="st-quiet st-small st-number">
        {parts.map(({ word, count }) => `${count.toLocaleString('en')} ${word.toLowerCase()}`).join(' · ')}
      </p>
    </div>
  )
}
