import { Button } from '@patternfly/react-core'
import { useState } from 'react'
import type { PageProblem } from '../../client/problems.ts'
import { copyText } from '../../kit/clipboard.ts'
import { Kebab, type MenuAction } from '../../kit/Kebab.tsx'
import { ProblemAlert } from '../../kit/ProblemAlert.tsx'
import { useTaskCommand } from '../actions.ts'
import { CommandDialog } from '../command/CommandDialog.tsx'
import { isDangerousCommand, isGiven, type TaskCommand, taskCommands, taskVerbs } from '../verbs.ts'
import type { LiveTask } from '../words.ts'
import { copies } from './copyAs.ts'
import { pauseAlone } from './pausing.ts'
import type { RelatedCounts } from './useRelatedCounts.ts'

interface TaskVerbsProps {
  readonly task: LiveTask
  readonly related: RelatedCounts | undefined
  /** A step failed: the button that most people want next stands with its error. */
  readonly isStuck: boolean
}

type Start = (command: TaskCommand, alone?: boolean) => void

/** What can be done with the task now; what is rare or impossible stands in the menu, the latter with its reason. */
export function TaskVerbs({ task, related, isStuck }: TaskVerbsProps) {
  const give = useTaskCommand()
  const [asked, setAsked] = useState<TaskCommand>()
  const [running, setRunning] = useState<TaskCommand>()
  const [problem, setProblem] = useState<PageProblem>()
  const start: Start = async (command, alone) => {
    setProblem(undefined)
    if (!isGiven(command) || taskVerbs[command].consequence) return setAsked(command)
    setRunning(command)
    setProblem(await give(command, task.id, { alone }))
    setRunning(undefined)
  }
  const alone = pauseAlone(task, related, () => start('PAUSE', true))
  const shown = taskCommands.filter((command) => !taskVerbs[command].isRare && isAllowed(task, command))
  return (
    <>
      {problem && <ProblemAlert problem={problem} />}
      {shown.map((command, at) =>
        command === 'PAUSE' && alone ? (
          <Kebab
            key={command}
            label="Other ways to pause"
            split={{ title: taskVerbs.PAUSE.title, onSelect: () => start('PAUSE') }}
            isDisabled={running !== undefined}
            actions={[alone]}
          />
        ) : (
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
            onClick={() => start(command)}
          >
            {taskVerbs[command].title}
          </Button>
        ),
      )}
      <Kebab
        label="More actions"
        actions={menuOf(task, start, isAllowed(task, 'PAUSE') ? undefined : alone)}
      />
      {asked && <CommandDialog task={task} command={asked} onClose={() => setAsked(undefined)} />}
    </>
  )
}

const availability = (task: LiveTask, command: TaskCommand) =>
  task.commands.find((one) => one.verb === command)
const isAllowed = (task: LiveTask, command: TaskCommand) => availability(task, command)?.allowed === true

const isLast = (command: TaskCommand) => isDangerousCommand(command) || command === 'DELETE'

// Ways to copy first, then what is rare, then what is not possible now; the dangerous last and apart.
function menuOf(task: LiveTask, start: Start, alone: MenuAction | undefined): MenuAction[] {
  const inMenu = taskCommands
    .filter(
      (command) => availability(task, command) && (taskVerbs[command].isRare || !isAllowed(task, command)),
    )
    .toSorted((one, other) => Number(isAllowed(task, other)) - Number(isAllowed(task, one)))
  const item = (command: TaskCommand, at: number): MenuAction => ({
    key: command,
    title: taskVerbs[command].title,
    isDangerous: taskVerbs[command].isDangerous,
    whyNot: isAllowed(task, command)
      ? undefined
      : (availability(task, command)?.whyNot ?? 'Not possible now.'),
    isApart: at === 0,
    onSelect: () => start(command),
  })
  return [
    ...copies.map((copy) => ({
      key: copy.title,
      title: `Copy as ${copy.title}`,
      onSelect: () => void copyText(copy.text(task, location.origin)),
    })),
    ...inMenu
      .filter((command) => !isLast(command))
      .flatMap((command, at) =>
        command === 'PAUSE' && alone ? [item(command, at), alone] : [item(command, at)],
      ),
    ...inMenu.filter(isLast).map(item),
  ]
}
