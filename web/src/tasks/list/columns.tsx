import { Link } from '@tanstack/react-router'
import { paths } from '../../client/paths.ts'
import { Duration } from '../../kit/Duration.tsx'
import { Moment } from '../../kit/Moment.tsx'
import { ProgressBar } from '../../kit/ProgressBar.tsx'
import { Sentence } from '../../kit/Sentence.tsx'
import { StatusLabel } from '../../kit/StatusLabel.tsx'
import type { Column } from '../../kit/table/column.ts'
import { isOver, type LiveTask, progressOf, sentenceOf, statusOf } from '../words.ts'

function TitleCell({ task }: { task: LiveTask }) {
  return (
    <div className="st-cell">
      <Link {...paths.task(task.uuid)} className="st-clamp st-break" title={task.title}>
        {task.title}
      </Link>
      <div className="st-quiet st-small st-ellipsis" title={task.label}>
        {task.label}
      </div>
    </div>
  )
}

function StateCell({ task }: { task: LiveTask }) {
  const sentence = sentenceOf(task)
  return (
    <div className="st-cell">
      <div>
        <StatusLabel status={statusOf(task)} isCompact />
      </div>
      {sentence && (
        <div className="st-quiet st-small st-clamp st-break" title={sentence}>
          <Sentence text={sentence} />
        </div>
      )}
    </div>
  )
}

const progressCell = (task: LiveTask) => (
  <ProgressBar value={progressOf(task)} tone={statusOf(task).tone} label={`Progress of ${task.title}`} />
)

/** The columns of the list of tasks. */
export const taskColumns: readonly Column<LiveTask>[] = [
  { key: 'title', title: 'Task', width: 35, isSelfEvident: true, cell: (task) => <TitleCell task={task} /> },
  {
    key: 'state',
    title: 'State',
    width: 25,
    isSelfEvident: true,
    cell: (task) => <StateCell task={task} />,
    watches: (task) => `${task.state}/${task.result}`,
  },
  { key: 'progress', title: 'Progress', width: 15, isSelfEvident: true, cell: progressCell },
  { key: 'owner', title: 'Owner', cell: (task) => task.owner, isWideOnly: true },
  {
    key: 'started',
    title: 'Started',
    cell: (task) => <Moment at={task.startedAt} absent={task.startAt ? 'scheduled' : 'not yet'} />,
  },
  {
    key: 'duration',
    title: 'Took',
    isWideOnly: true,
    cell: (task) => (
      <Duration from={task.startedAt} to={isOver(task) ? (task.endedAt ?? task.startedAt) : null} />
    ),
  },
]
