import { Button } from '@patternfly/react-core'
import { useState } from 'react'
import type { PageProblem } from '../../client/problems.ts'
import { Confirm } from '../../kit/Confirm.tsx'
import { BulkBar } from '../../kit/table/BulkBar.tsx'
import { useTaskCommand } from '../actions.ts'
import { type GivenCommand, taskVerbs } from '../verbs.ts'
import type { LiveTask } from '../words.ts'
import { BulkOutcome, type Refusal } from './BulkOutcome.tsx'

const sideBySide = 4
const named = 5

const canDo = (task: LiveTask, command: GivenCommand) =>
  task.commands.some((one) => one.verb === command && one.allowed)

interface Run {
  readonly command: GivenCommand
  readonly done: number
  readonly total: number
  readonly refusals: readonly Refusal[]
}

function useBulk() {
  const give = useTaskCommand()
  const [run, setRun] = useState<Run>()
  const start = async (command: GivenCommand, tasks: readonly LiveTask[], reason?: string) => {
    const queue = [...tasks]
    let done = 0
    const refusals: Refusal[] = []
    const next = async (): Promise<void> => {
      const task = queue.shift()
      if (!task) return
      const problem: PageProblem | undefined = await give(command, task.id, { reason })
      if (problem) refusals.push({ task, problem })
      done += 1
      setRun({ command, done, total: tasks.length, refusals: [...refusals] })
      return next()
    }
    setRun({ command, done, total: tasks.length, refusals })
    await Promise.all(Array.from({ length: sideBySide }, next))
  }
  return { run, start, forget: () => setRun(undefined) }
}

interface BulkCommandsProps {
  readonly selected: readonly LiveTask[]
  readonly onClear: () => void
}

/** Cancel or resume all ticked tasks, with the exact number that each verb would reach. */
export function BulkCommands({ selected, onClear }: BulkCommandsProps) {
  const [asked, setAsked] = useState<GivenCommand>()
  const { run, start, forget } = useBulk()
  const able = (command: GivenCommand) => selected.filter((task) => canDo(task, command))
  const go = async (command: GivenCommand, reason?: string) => {
    setAsked(undefined)
    await start(command, able(command), reason)
    onClear()
  }
  const button = (command: GivenCommand, onClick: () => void) => (
    <Button
      variant="secondary"
      isDanger={taskVerbs[command].isDangerous}
      isDisabled={able(command).length === 0}
      onClick={onClick}
    >
      {taskVerbs[command].title} {able(command).length}
    </Button>
  )
  const concerned = asked ? able(asked) : []
  return (
    <>
      <BulkBar count={selected.length} noun="task" onClear={onClear}>
        {button('RESUME', () => void go('RESUME'))}
        {button('CANCEL', () => setAsked('CANCEL'))}
      </BulkBar>
      {run && <BulkOutcome {...run} onClose={forget} />}
      {asked && (
        <Confirm
          title={`${taskVerbs[asked].title} ${concerned.length} ${concerned.length === 1 ? 'task' : 'tasks'}?`}
          verb={`${taskVerbs[asked].title} ${concerned.length} ${concerned.length === 1 ? 'task' : 'tasks'}`}
          isDangerous
          asksReason
          onConfirm={(reason) => void go(asked, reason)}
          onClose={() => setAsked(undefined)}
        >
          <p>{taskVerbs[asked].consequence}</p>
          <ul className="st-bullets">
            {concerned.slice(0, named).map((task) => (
              <li key={task.id}>{task.title}</li>
            ))}
            {concerned.length > named && <li>and {concerned.length - named} more</li>}
          </ul>
        </Confirm>
      )}
    </>
  )
}
