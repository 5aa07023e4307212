import { useNavigate } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { paths } from '../../client/paths.ts'
import type { MenuAction } from '../../kit/Kebab.tsx'
import { useTaskCommand } from '../actions.ts'
import { CommandConfirm } from '../command/CommandConfirm.tsx'
import { type GivenCommand, taskVerbs } from '../verbs.ts'
import type { LiveTask, TaskVerb } from '../words.ts'

const shownInRows: readonly GivenCommand[] = ['RESUME', 'PAUSE', 'CANCEL']

const isShown = (verb: TaskVerb): verb is GivenCommand => shownInRows.some((one) => one === verb)

/** The menu of a row, and the question before its dangerous commands. */
export function useRowActions() {
  const [asked, setAsked] = useState<{ task: LiveTask; command: GivenCommand }>()
  const give = useTaskCommand()
  const navigate = useNavigate()
  const actionsOf = useCallback(
    (task: LiveTask): readonly MenuAction[] => {
      const start = (command: GivenCommand) => {
        if (taskVerbs[command].consequence) setAsked({ task, command })
        else void give(command, task.id)
      }
      const verbs = task.commands.flatMap(({ verb, allowed, whyNot }) =>
        isShown(verb)
          ? [
              {
                key: verb,
                title: taskVerbs[verb].title,
                isDangerous: taskVerbs[verb].isDangerous,
                whyNot: allowed ? undefined : (whyNot ?? 'Not possible now.'),
                onSelect: () => start(verb),
              },
            ]
          : [],
      )
      return [{ key: 'open', title: 'Open', onSelect: () => navigate(paths.task(task.uuid)) }, ...verbs]
    },
    [give, navigate],
  )
  const question = asked && (
    <CommandConfirm task={asked.task} command={asked.command} onClose={() => setAsked(undefined)} />
  )
  return { actionsOf, question }
}
