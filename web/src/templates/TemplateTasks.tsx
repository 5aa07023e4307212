import type { TaskReason, TaskResult, TaskState } from '@stint/schema/words'
import { Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { type NodeOf, nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { wordOf } from '../client/words.ts'
import { Duration } from '../kit/Duration.tsx'
import { Empty } from '../kit/Empty.tsx'
import { Moment } from '../kit/Moment.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { StatusLabel } from '../kit/StatusLabel.tsx'
import { taskStatus } from '../kit/status.ts'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'

const TemplateTasksQuery = graphql(`
  query TemplateTasks($name: String!) {
    tasks(filter: { templateName: $name }, first: 15) {
      edges {
        node {
          id
          uuid
          title
          state
          result
          reason
          owner
          startedAt
          endedAt
          template {
            id
            version
          }
        }
      }
    }
  }
`)

type Task = NodeOf<ResultOf<typeof TemplateTasksQuery>['tasks']>

const statusOf = (task: Task) =>
  taskStatus(
    wordOf(task.state) as TaskState,
    wordOf(task.result) as TaskResult,
    task.reason && (wordOf(task.reason) as TaskReason),
  )

const columns: readonly Column<Task>[] = [
  {
    key: 'title',
    title: 'Task',
    width: 40,
    cell: (task) => <Link {...paths.task(task.uuid)}>{task.title}</Link>,
  },
  { key: 'state', title: 'State', cell: (task) => <StatusLabel status={statusOf(task)} isCompact /> },
  { key: 'version', title: 'Version', isRight: true, cell: (task) => task.template?.version ?? '–' },
  { key: 'owner', title: 'Owner', cell: (task) => task.owner, isWideOnly: true },
  { key: 'started', title: 'Started', cell: (task) => <Moment at={task.startedAt} absent="not yet" /> },
  {
    key: 'took',
    title: 'Took',
    cell: (task) => <Duration from={task.startedAt} to={task.endedAt} />,
    isWideOnly: true,
  },
]

/** The newest tasks that were made from this template. */
export function TemplateTasks({ name }: { name: string }) {
  const { data, problem, refetch } = usePageQuery(TemplateTasksQuery, { name })
  return (
    <QueryState data={data} problem={problem} onRetry={refetch}>
      {({ tasks }) =>
        tasks.edges.length === 0 ? (
          <Empty title="It has not been run yet" level="h2" isSmall />
        ) : (
          <div className="st-stack">
            <DataTable
              label="Tasks of this template"
              columns={columns}
              rows={nodesOf(tasks)}
              keyOf={(task) => task.id}
              nameOf={(task) => task.title}
            />
            <p>
              <Link {...paths.tasks({ template: name })}>All tasks of this template</Link>
            </p>
          </div>
        )
      }
    </QueryState>
  )
}
