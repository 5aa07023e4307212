import { Link } from '@tanstack/react-router'
import { type FragmentOf, readFragment } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import { nodesOf } from '../../client/nodes.ts'
import { paths } from '../../client/paths.ts'
import { usePageQuery } from '../../client/query.ts'
import { Empty } from '../../kit/Empty.tsx'
import { Panel } from '../../kit/Panel.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import { StatusIcon } from '../../kit/StatusLabel.tsx'
import { type LiveTask, statusOf } from '../words.ts'

const LinkedTask = graphql(`
  fragment LinkedTask_task on Task {
    id
    uuid
    title
    label
    state
    result
    reason
  }
`)

const DependenciesQuery = graphql(
  `
    query TaskDependencies($id: ID!) {
      task(id: $id) {
        id
        parent {
          id
          ...LinkedTask_task
        }
        dependsOn {
          id
          ...LinkedTask_task
        }
        blocks {
          id
          ...LinkedTask_task
        }
        children(first: 100) {
          edges {
            node {
              id
              ...LinkedTask_task
            }
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  `,
  [LinkedTask],
)

type Linked = FragmentOf<typeof LinkedTask>

/** Which tasks does it wait for, which wait for it, and which belong to it? */
export function DependenciesTab({ task }: { task: LiveTask }) {
  const { data, problem, refetch } = usePageQuery(DependenciesQuery, { id: task.id })
  return (
    <QueryState data={data?.task ?? undefined} problem={problem} onRetry={refetch}>
      {({ parent, dependsOn, blocks, children }) => {
        const count = dependsOn.length + blocks.length + children.edges.length + (parent ? 1 : 0)
        if (count === 0) {
          return (
            <Empty title="It stands alone" level="h3" isSmall>
              It waits for no other task, and no other task waits for it.
            </Empty>
          )
        }
        return (
          <div className="st-columns">
            {parent && <LinkedTasks title="Part of" tasks={[parent]} />}
            <LinkedTasks title="Waits for" tasks={dependsOn} />
            <LinkedTasks title="Tasks that wait for it" tasks={blocks} />
            <LinkedTasks title="Its own tasks" tasks={nodesOf(children)} />
          </div>
        )
      }}
    </QueryState>
  )
}

function LinkedTasks({ title, tasks }: { title: string; tasks: readonly Linked[] }) {
  if (tasks.length === 0) return null
  return (
    <Panel title={title}>
      <ul className="st-lines">
        {tasks.map((ref) => {
          const task = readFragment(LinkedTask, ref)
          return (
            <li key={task.id} className="st-line">
              <StatusIcon status={statusOf(task)} />
              <Link {...paths.task(task.uuid)} className="st-break">
                {task.title}
              </Link>
              <span className="st-quiet st-small">{statusOf(task).word}</span>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
