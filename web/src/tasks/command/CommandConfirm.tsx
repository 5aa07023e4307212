import { useState } from 'react'
import type { PageProblem } from '../../client/problems.ts'
import { Confirm } from '../../kit/Confirm.tsx'
import { useTaskCommand } from '../actions.ts'
import { type GivenCommand, taskVerbs } from '../verbs.ts'
import type { LiveTask } from '../words.ts'

interface CommandConfirmProps {
  readonly task: Pick<LiveTask, 'id' | 'title'>
  readonly command: GivenCommand
  readonly onClose: () => void
}

/** The question before a command that cannot be taken back; stays open with the problem when it is refused. */
export function CommandConfirm({ task, command, onClose }: CommandConfirmProps) {
  const give = useTaskCommand()
  const [problem, setProblem] = useState<PageProblem>()
  const [isRunning, setRunning] = useState(false)
  const { title, consequence, isDangerous } = taskVerbs[command]
  const confirm = async (reason?: string) => {
    setRunning(true)
    const met = await give(command, task.id, { reason })
    setRunning(false)
    if (met) setProblem(met)
    else onClose()
  }
  return (
    <Confirm
      title={`${title} this task?`}
      verb={`${title} task`}
      isDangerous={isDangerous}
      asksReason
      isRunning={isRunning}
      problem={problem}
      onConfirm={(reason) => void confirm(reason)}
      onClose={onClose}
    >
      <p>
        <strong className="st-break">{task.title}</strong>
      </p>
      <p>{consequence}</p>
    </Confirm>
  )
}
