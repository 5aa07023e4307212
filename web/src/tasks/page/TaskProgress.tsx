import { Duration } from '../../kit/Duration.tsx'
import { ProgressBar } from '../../kit/ProgressBar.tsx'
import { isFailedStep, isFinishedStep } from '../../kit/status.ts'
import { isOver, type LiveTask, statusOf } from '../words.ts'

function stepsText(task: LiveTask): string | undefined {
  if (task.stepCount === 0) return undefined
  const count = (isCounted: (step: { state: string }) => boolean) =>
    task.stepsByState.reduce((sum, one) => sum + (isCounted(one) ? one.count : 0), 0)
  const failed = count(isFailedStep)
  const done = count(isFinishedStep) - failed
  const text = `${done} of ${task.stepCount} ${task.stepCount === 1 ? 'step' : 'steps'} done`
  return failed > 0 ? `${text}, ${failed} failed` : text
}

/** How far it has come, and how long that took. */
export function TaskProgress({ task }: { task: LiveTask }) {
  const { tone } = statusOf(task)
  const isUnknown = task.stepCount === 0 && task.progress === 0 && task.state === 'RUNNING'
  return (
    <div className="st-task-progress">
      <ProgressBar value={isUnknown ? undefined : task.progress} tone={tone} label="Progress" isLarge />
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
