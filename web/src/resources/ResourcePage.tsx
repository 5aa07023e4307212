import { counted } from '@stint/schema/counted'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { useRepeatedly } from '../client/repeat.ts'
import { CopyButton } from '../kit/CopyButton.tsx'
import { CapacityBar } from '../kit/chart/CapacityBar.tsx'
import { Empty } from '../kit/Empty.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { Panel } from '../kit/Panel.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { LinkedTask } from '../tasks/fragments.ts'
import { LinkedTaskLine } from '../tasks/LinkedTask.tsx'
import { modeText, positionText } from '../tasks/locks/words.ts'

const ResourcePageQuery = graphql(
  `
    query ResourcePage($name: String!) {
      resource(name: $name) {
        name
        capacity
        holderCount
        waiterCount
        holders {
          mode
          operation
          since
          stepNo
          position
          task {
            id
            uuid
            owner
            ...LinkedTask_task
          }
        }
        waiters {
          mode
          operation
          since
          stepNo
          position
          task {
            id
            uuid
            owner
            ...LinkedTask_task
          }
        }
      }
    }
  `,
  [LinkedTask],
)

type Use = NonNullable<ResultOf<typeof ResourcePageQuery>['resource']>['holders'][number]

const columns: readonly Column<Use>[] = [
  {
    key: 'task',
    title: 'Task',
    width: 40,
    isSelfEvident: true,
    cell: (use) => <LinkedTaskLine task={use.task} />,
  },
  { key: 'mode', title: 'How', cell: (use) => modeText(use.mode, use.operation) },
  { key: 'owner', title: 'Owner', cell: (use) => use.task.owner },
  { key: 'since', title: 'Since', cell: (use) => <Moment at={use.since} /> },
]

const placeColumn: Column<Use> = {
  key: 'place',
  title: 'Place',
  cell: (use) => positionText(use.position),
  watches: (use) => use.position,
}

const keyOf = (use: Use) => `${use.task.id} ${use.stepNo} ${use.mode} ${use.operation}`
const nameOf = (use: Use) => use.task.uuid
const route = getRouteApi('/signed-in/resources/$name')
const everyMs = 2000

/** Who has this resource, and who waits for it, in which order? */
export function ResourcePage() {
  const { name } = route.useParams()
  const { data, problem, refetch } = usePageQuery(ResourcePageQuery, { name })
  useRepeatedly(refetch, everyMs)
  const trail = [
    <Link key="resources" {...paths.resources()}>
      Resources
    </Link>,
  ]
  return (
    <Page title={name} trail={trail} label={<CopyButton text={name} label="Copy the name of the resource" />}>
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ resource }) => {
          if (!resource || resource.holderCount + resource.waiterCount === 0) {
            return (
              <Empty title="It is free">
                No task holds it or waits for it now
                {resource?.capacity ? `; it has ${counted(resource.capacity, 'slot')}` : ''}.
              </Empty>
            )
          }
          return (
            <div className="st-stack">
              {resource.capacity !== null && (
                <CapacityBar
                  used={resource.holderCount}
                  capacity={resource.capacity}
                  label={`Slots of ${name}`}
                />
              )}
              <Panel title={`Held by ${counted(resource.holderCount, 'task')}`}>
                <Uses
                  label="Holders"
                  uses={resource.holders}
                  count={resource.holderCount}
                  columns={columns}
                />
              </Panel>
              <Panel title={`${counted(resource.waiterCount, 'task')} waiting`}>
                <Uses
                  label="Waiting tasks"
                  uses={resource.waiters}
                  count={resource.waiterCount}
                  columns={[...columns.slice(0, 1), placeColumn, ...columns.slice(1)]}
                />
              </Panel>
            </div>
          )
        }}
      </QueryState>
    </Page>
  )
}

interface UsesProps {
  readonly label: string
  readonly uses: readonly Use[]
  readonly count: number
  readonly columns: readonly Column<Use>[]
}

function Uses({ label, uses, count, columns: shown }: UsesProps) {
  const hidden = count - uses.length
  return (
    <>
      {uses.length > 0 && (
        <DataTable label={label} columns={shown} rows={uses} keyOf={keyOf} nameOf={nameOf} />
      )}
      {hidden > 0 && (
        <p className="st-quiet">
          {counted(hidden, 'more task', 'more tasks')}, not shown here or not for you to see.
        </p>
      )}
      {count === 0 && <p className="st-quiet">Nobody.</p>}
    </>
  )
}
