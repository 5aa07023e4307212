import { Button } from '@patternfly/react-core'
import { useState } from 'react'
import type { PageProblem } from '../../client/problems.ts'
import { copyText } from '../../kit/clipboard.ts'
import { Kebab, type MenuAction } from '../../kit/Kebab.tsx'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import { useTaskCommand } from '../actions.ts'
import { CommandConfirm } from '../CommandConfirm.tsx'
import { type TaskCommand, taskCommands, taskVerbs } from '../verbs.ts'
import type { LiveTask } from '../words.ts'
import { ApproveTask } from './ApproveTask.tsx'
import { copies } from './copyAs.ts'

interface TaskVerbsProps {
  readonly task: LiveTask
  /** A step failed: the button that most people want next stands with its error. */
  readonly isStuck: boolean
}

/** What can be done with the task now; what cannot stands in the menu with its reason. */
export function TaskVerbs({ task, isStuck }: TaskVerbsProps) {
  const give = useTaskCommand()
  const [asked, setAsked] = useState<TaskCommand>()
  const [running, setRunning] = useState<TaskCommand>()
  const [problem, setProblem] = useState<PageProblem>()
  const start = async (command: TaskCommand) => {
    setProblem(undefined)
    if (command === 'RESOLVE' || taskVerbs[command].consequence) return setAsked(command)
    setRunning(command)
    setProblem(await give(command, task.id))
    setRunning(undefined)
  }
  const available = new Map(task.commands.map((one) => [one.verb, one]))
  const allowed = taskCommands.filter((command) => available.get(command)?.allowed)
  const refused = taskCommands.filter((command) => available.has(command) && !available.get(command)?.allowed)
  const items: MenuAction[] = [
    ...copies.map((copy) => ({
      key: copy.title,
      title: `Copy as ${copy.title}`,
      onSelect: () => void copyText(copy.text(task, location.origin)),
    })),
    ...refused.map((command) => ({
      key: command,
      title: taskVerbs[command].title,
      whyNot: available.get(command)?.whyNot ?? 'Not possible now.',
      onSelect: () => undefined,
    })),
  ]
  return (
    <>
      {problem && <ProblemAlert problem={problem} />}
      {allowed.map((command, at) => (
        <Button
          key={command}
          variant={
            at === 0 && !isStuck && command !== 'PAUSE' && !taskVerbs[command].isDangerous
              ? 'primary'
              : 'secondary'
          }
          isDanger={taskVerbs[command].isDangerous}
          isLoading={running === command}
          isDisabled={running !== undefined}
          onClick={() => void start(command)}
        >
          {taskVerbs[command].title}
        </Button>
      ))}
      <Kebab label="More actions" actions={items} />
      {asked === 'RESOLVE' && <ApproveTask task={task} onClose={() => setAsked(undefined)} />}
      {asked && asked !== 'RESOLVE' && (
        <CommandConfirm task={task} command={asked} onClose={() => setAsked(undefined)} />
      )}
    </>
  )
}
