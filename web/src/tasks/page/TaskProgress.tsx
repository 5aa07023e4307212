import { Duration } from '../../kit/Duration.tsx'
import { ProgressBar } from '../../kit/ProgressBar.tsx'
import { counted } from '../../kit/plural.ts'
import { isOver, type LiveTask, progressOf, statusOf, stepsDone } from '../words.ts'

function stepsText(task: LiveTask): string | undefined {
  if (task.stepCount === 0) return undefined
  const { done, failed } = stepsDone(task)
  const text = `${done.toLocaleString('en')} of ${counted(task.stepCount, 'step')} done`
  return failed > 0 ? `${text}, ${failed.toLocaleString('en')} failed` : text
}

/** How far it has come, and how long that took. */
export function TaskProgress({ task }: { task: LiveTask }) {
  const { tone } = statusOf(task)
  return (
    <div className="st-task-progress">
      <ProgressBar value={progressOf(task)} tone={tone} label="Progress" isLarge />
      <div className="st-task-progress__facts">
        <span>{stepsText(task)}</span>
        {task.startedAt && (
          <span>
            {isOver(task) ? 'took ' : 'for '}
            <Duration from={task.startedAt} to={isOver(task) ? (task.endedAt ?? task.startedAt) : null} />
          </span>
        )}
      </div>
    </div>
  )
}
