import TrashIcon from '@patternfly/react-icons/dist/esm/icons/trash-icon'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import { paths } from '../../client/paths.ts'
import { usePageQuery } from '../../client/query.ts'
import { useCan } from '../../client/session.ts'
import { Empty } from '../../kit/Empty.tsx'
import { ButtonLink } from '../../kit/links.tsx'
import { Moment } from '../../kit/Moment.tsx'
import { ProblemState, QueryState } from '../../kit/QueryState.tsx'

const DeletedTaskQuery = graphql(`
  query DeletedTask($id: ID!) {
    deletedTask(id: $id) {
      deletedAt
      deletedBy
      reason
      rule
    }
  }
`)

type Deleted = NonNullable<ResultOf<typeof DeletedTaskQuery>['deletedTask']>

const unknown = {
  code: 'not-found',
  message: 'There is no task with this address, or you may not see it.',
  fields: [],
} as const

/** No task to show: it was deleted, or never was, or is not for this person. */
export function MissingTask({ id }: { id: string }) {
  const { data, problem, refetch } = usePageQuery(DeletedTaskQuery, { id })
  return (
    <QueryState data={data} problem={problem} onRetry={refetch}>
      {({ deletedTask }) =>
        deletedTask ? <DeletedState task={deletedTask} /> : <ProblemState problem={unknown} />
      }
    </QueryState>
  )
}

const rules = {
  CLEANUP_AFTER: 'Its time was over: its template says how long its tasks are kept (cleanup_after).',
  KEEP_TASKS_FOR: 'Its time was over: the setting keep_tasks_for says how long tasks are kept.',
} as const

function DeletedState({ task }: { task: Deleted }) {
  const canAudit = useCan('audit.view')
  return (
    <Empty
      title="This task was deleted"
      icon={TrashIcon}
      actions={
        <>
          <ButtonLink variant="secondary" {...paths.tasks()}>
            All tasks
          </ButtonLink>
          {canAudit && (
            <ButtonLink variant="link" {...paths.audit()}>
              Audit record
            </ButtonLink>
          )}
        </>
      }
    >
      <div className="st-stack">
        <p>
          {task.rule || !task.deletedBy ? 'It went' : <strong>{task.deletedBy}</strong>}
          {!task.rule && task.deletedBy && ' deleted it'} <Moment at={task.deletedAt} />.
        </p>
        {task.rule && <p>{rules[task.rule]}</p>}
        {task.reason && <p className="st-break">“{task.reason}”</p>}
        <p className="st-quiet">Its steps, outputs and record went with it; only a backup has them.</p>
      </div>
    </Empty>
  )
}
