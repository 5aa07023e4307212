import { counted } from '@stint/schema/counted'
import { Duration } from '../../kit/Duration.tsx'
import { ProgressBar } from '../../kit/ProgressBar.tsx'
import { interruptedSteps, isOver, type LiveTask, progressOf, statusOf, stepsDone } from '../words.ts'

function stepsText(task: LiveTask): string | undefined {
  if (task.stepCount === 0) return undefined
  const { done, failed } = stepsDone(task)
  const text = `${done.toLocaleString('en')} of ${counted(task.stepCount, 'step')} done`
  const interrupted = interruptedSteps(task)
  const parts = [
    interrupted > 0 && `${interrupted.toLocaleString('en')} interrupted`,
    failed > interrupted && `${(failed - interrupted).toLocaleString('en')} failed`,
  ]
  return [text, ...parts.filter(Boolean)].join(', ')
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
