import { Link } from '@tanstack/react-router'
import { type FragmentOf, readFragment } from 'gql.tada'
import { paths } from '../client/paths.ts'
import { StatusIcon } from '../kit/StatusLabel.tsx'
import { LinkedTask } from './fragments.ts'
import { statusOf } from './words.ts'

export type Linked = FragmentOf<typeof LinkedTask>

/** Another task in a line: its state and its title, which leads to it. */
export function LinkedTaskLine({ task: ref }: { task: Linked }) {
  const task = readFragment(LinkedTask, ref)
  return (
    <span className="st-linked">
      <StatusIcon status={statusOf(task)} />
      <Link {...paths.task(task.uuid)} className="st-ellipsis" title={task.title}>
        {task.title}
      </Link>
    </span>
  )
}

interface LinkedTasksProps {
  readonly tasks: readonly Linked[]
  /** Said when there is none. */
  readonly absent: string
}

const shownMost = 3

/** A few other tasks below each other. */
export function LinkedTasks({ tasks, absent }: LinkedTasksProps) {
  if (tasks.length === 0) return <span className="st-quiet">{absent}</span>
  const more = tasks.length - shownMost
  return (
    <div className="st-cell">
      {tasks.slice(0, shownMost).map((task) => (
        <LinkedTaskLine key={readFragment(LinkedTask, task).id} task={task} />
      ))}
      {more > 0 && <span className="st-quiet st-small">and {more} more</span>}
    </div>
  )
}
