import { LogView } from '../../kit/log/LogView.tsx'
import { isFinishedStep } from '../../kit/status.ts'
import { isOver, type LiveTask } from '../words.ts'
import type { StepOfList } from './steps.ts'
import { useStepLog } from './useStepLog.ts'

interface StepLogProps {
  readonly task: LiveTask
  readonly row: StepOfList
  readonly attemptNo: number | undefined
}

/** What the step writes, as it writes it. */
export function StepLog({ task, row, attemptNo }: StepLogProps) {
  const log = useStepLog(task.id, row.no, attemptNo)
  const isLive = !isOver(task) && !isFinishedStep(row) && row.startedAt !== null && attemptNo === undefined
  // A step that waits for a person or a call writes nothing: an empty log would only stand in the way.
  const isSilent = row.state === 'WAITING' || row.state === 'EXPANDED'
  if (log.lineCount === 0 && (!isLive || isSilent)) return null
  return (
    <LogView log={log} label={`Output of step ${row.name}`} isLive={isLive} emptyText="It wrote nothing." />
  )
}
