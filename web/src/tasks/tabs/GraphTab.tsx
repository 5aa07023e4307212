import { Link } from '@tanstack/react-router'
import { paths } from '../../client/paths.ts'
import { StateBar } from '../../kit/chart/StateBar.tsx'
import { StepsPicture } from '../../kit/chart/StepsPicture.tsx'
import { parseDependency } from '../../kit/dependency.ts'
import { Empty } from '../../kit/Empty.tsx'
import { StatusIcon } from '../../kit/StatusLabel.tsx'
import { groupsOf, loopStatus, overText } from '../loop/items.ts'
import type { StepOfList } from '../step/steps.ts'
import type { LiveTask } from '../words.ts'

interface GraphTabProps {
  readonly task: LiveTask
  readonly steps: readonly StepOfList[]
  readonly chosen: number | undefined
}

/** Which step waits for which, and how is each? */
export function GraphTab({ task, steps, chosen }: GraphTabProps) {
  if (steps.length === 0) {
    return (
      <Empty title="No step yet" level="h3" isSmall>
        Steps appear here as soon as there are any.
      </Empty>
    )
  }
  return (
    <StepsPicture
      steps={steps.map((step) => ({
        no: step.no,
        name: step.name,
        dependencies: step.dependencies.map(parseDependency),
        tone: loopStatus(step).tone,
        isCurrent: step.no === chosen,
        content: <Box uuid={task.uuid} step={step} />,
      }))}
    />
  )
}

function Box({ uuid, step }: { uuid: string; step: StepOfList }) {
  const isLoop = step.itemStates.length > 0
  return (
    <>
      <Link {...paths.task(uuid, { tab: 'steps', step: step.no })} className="st-graph__name">
        <StatusIcon status={loopStatus(step)} isMoving />
        <span className="st-ellipsis">{step.name}</span>
      </Link>
      {isLoop ? (
        <span className="st-graph__loop">
          <StateBar parts={groupsOf(step.itemStates)} label={`Items of ${step.name}`} />
          <span className="st-quiet st-small st-number">{overText(step.itemStates)}</span>
        </span>
      ) : (
        <span className="st-quiet st-small st-ellipsis">{step.action}</span>
      )}
    </>
  )
}
