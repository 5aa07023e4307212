import UnlockedIcon from '@patternfly/react-icons/dist/esm/icons/unlocked-icon'
import { Link } from '@tanstack/react-router'
import { paths } from '../../client/paths.ts'
import { usePageQuery } from '../../client/query.ts'
import { useSteadily } from '../../client/steady.ts'
import { Empty } from '../../kit/Empty.tsx'
import { Moment } from '../../kit/Moment.tsx'
import { Panel } from '../../kit/Panel.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import type { Column } from '../../kit/table/column.ts'
import { DataTable } from '../../kit/table/DataTable.tsx'
import { LinkedTasks } from '../LinkedTask.tsx'
import type { StepOfList } from '../step/steps.ts'
import { type LiveTask, stepsVersion } from '../words.ts'
import { keyOfLink, LinksQuery, type TaskLink } from './links.ts'
import { modeText, positionText } from './words.ts'

interface LocksTabProps {
  readonly task: LiveTask
  readonly steps: readonly StepOfList[]
}

const everyMs = 500

/** What does it hold, what does it wait for and who stands in the way, and what does it only name? */
export function LocksTab({ task, steps }: LocksTabProps) {
  const { data, problem, refetch } = usePageQuery(LinksQuery, { id: task.id })
  useSteadily(`${stepsVersion(task)} ${task.state} ${task.reason}`, refetch, { everyMs })
  return (
    <QueryState data={data?.task ?? undefined} problem={problem} onRetry={refetch}>
      {({ links }) => {
        if (links.length === 0) {
          return (
            <Empty title="It names no resource" icon={UnlockedIcon} level="h3" isSmall>
              It takes no lock, waits for none, and nobody waits for it because of one.
            </Empty>
          )
        }
        const of = (state: TaskLink['state']) => links.filter((link) => link.state === state)
        return (
          <div className="st-stack">
            <Links
              title="Waits for"
              links={of('WAITING')}
              columns={[resource, mode, place, since, holders, step(task, steps)]}
            />
            <Links title="Holds" links={of('HELD')} columns={[resource, mode, since, step(task, steps)]} />
            <Links title="Linked, not locked" links={of('LINKED')} columns={[resource]} />
            <Links title="Freed" links={of('FREED')} columns={[resource, mode, since]} />
          </div>
        )
      }}
    </QueryState>
  )
}

const resource: Column<TaskLink> = {
  key: 'resource',
  title: 'Resource',
  width: 30,
  isSelfEvident: true,
  cell: (link) => (
    <Link {...paths.resource(link.resource)} className="st-code st-break">
      {link.resource}
    </Link>
  ),
}
const mode: Column<TaskLink> = {
  key: 'mode',
  title: 'How',
  cell: (link) => modeText(link.mode, link.operation),
}
const since: Column<TaskLink> = { key: 'since', title: 'Since', cell: (link) => <Moment at={link.since} /> }
const place: Column<TaskLink> = {
  key: 'place',
  title: 'Place',
  cell: (link) => positionText(link.position),
  watches: (link) => link.position,
}
const holders: Column<TaskLink> = {
  key: 'holders',
  title: 'Held by',
  width: 30,
  cell: (link) => <LinkedTasks tasks={link.holders} absent="nobody you may see" />,
}
const step = (task: LiveTask, steps: readonly StepOfList[]): Column<TaskLink> => ({
  key: 'step',
  title: 'Needed by',
  cell: ({ stepNo }) =>
    stepNo === null ? (
      'the whole task'
    ) : (
      <Link {...paths.task(task.uuid, { tab: 'steps', step: stepNo })}>
        {steps.find((one) => one.no === stepNo)?.name ?? `step ${stepNo}`}
      </Link>
    ),
})

interface LinksProps {
  readonly title: string
  readonly links: readonly TaskLink[]
  readonly columns: readonly Column<TaskLink>[]
}

function Links({ title, links, columns }: LinksProps) {
  if (links.length === 0) return null
  return (
    <Panel title={title}>
      <DataTable
        label={title}
        columns={columns}
        rows={links}
        keyOf={keyOfLink}
        nameOf={(link) => link.resource}
      />
    </Panel>
  )
}
