import { useNavigate } from '@tanstack/react-router'
import { paths } from '../../client/paths.ts'
import { Empty } from '../../kit/Empty.tsx'
import { isFailedStep } from '../../kit/status.ts'
import { isOver, type LiveTask } from '../words.ts'
import { StepList } from './StepList.tsx'
import { StepPanel } from './StepPanel.tsx'
import { isStuck, type StepOfList, stepToWatch } from './steps.ts'
import { UnlistedStep } from './UnlistedStep.tsx'

interface StepsTabProps {
  readonly task: LiveTask
  readonly steps: readonly StepOfList[]
  /** The number in the address; absent: the step that matters now, whichever that is. */
  readonly chosen: number | undefined
}

/** All steps, and beside them the one that is looked at. */
export function StepsTab({ task, steps, chosen }: StepsTabProps) {
  const navigate = useNavigate()
  const step = chosen === undefined ? stepToWatch(steps) : steps.find((one) => one.no === chosen)
  const unlisted = step === undefined ? chosen : undefined
  const inErrorBlock = isStuck(task, steps) ? steps.find((one) => isFailedStep(one)) : undefined
  if (steps.length === 0) {
    return (
      <Empty title="No step yet" level="h3" isSmall>
        {isOver(task) ? 'This task ended without a step.' : 'Steps appear here as soon as there are any.'}
      </Empty>
    )
  }
  const choose = (no: number) =>
    navigate({ ...paths.task(task.uuid, { tab: 'steps', step: no }), replace: true })
  return (
    <div className="st-steps">
      <StepList task={task} steps={steps} current={step?.no} onChoose={choose} />
      {step && (
        <StepPanel key={step.no} task={task} row={step} steps={steps} isAbove={step === inErrorBlock} />
      )}
      {unlisted !== undefined && <UnlistedStep key={unlisted} task={task} no={unlisted} />}
    </div>
  )
}
