import { readFragment } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import { usePageQuery } from '../../client/query.ts'
import { Empty } from '../../kit/Empty.tsx'
import { Panel } from '../../kit/Panel.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import { LinkedTask } from '../fragments.ts'
import { type Linked, LinkedTaskLine } from '../LinkedTask.tsx'
import { type LiveTask, statusOf } from '../words.ts'

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
      }
    }
  `,
  [LinkedTask],
)

/** Which tasks does it wait for, which wait for it, and to which does it belong? */
export function DependenciesTab({ task }: { task: LiveTask }) {
  const { data, problem, refetch } = usePageQuery(DependenciesQuery, { id: task.id })
  return (
    <QueryState data={data?.task ?? undefined} problem={problem} onRetry={refetch}>
      {({ parent, dependsOn, blocks }) => {
        const count = dependsOn.length + blocks.length + (parent ? 1 : 0)
        if (count === 0) {
          return (
            <Empty title="It stands alone" level="h3" isSmall>
              It waits for no other task, and no other task waits for it.
            </Empty>
          )
        }
        return (
          <div className="st-columns">
            {parent && <TasksPanel title="Part of" tasks={[parent]} />}
            <TasksPanel title="Waits for" tasks={dependsOn} />
            <TasksPanel title="Tasks that wait for it" tasks={blocks} />
          </div>
        )
      }}
    </QueryState>
  )
}

function TasksPanel({ title, tasks }: { title: string; tasks: readonly Linked[] }) {
  if (tasks.length === 0) return null
  return (
    <Panel title={title}>
      <ul className="st-lines">
        {tasks.map((ref) => {
          const task = readFragment(LinkedTask, ref)
          return (
            <li key={task.id} className="st-line st-line--two">
              <LinkedTaskLine task={ref} />
              <span className="st-quiet st-small">{statusOf(task).word}</span>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
