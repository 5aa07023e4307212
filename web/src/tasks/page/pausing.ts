import { counted } from '@stint/schema/counted'
import type { MenuAction } from '../../kit/Kebab.tsx'
import type { LiveTask } from '../words.ts'

type Pausable = Pick<LiveTask, 'state' | 'commands'>

/** The way to pause that a task has besides the usual one, once it has sub-tasks; undefined while it has none. */
export function pauseAlone(
  task: Pausable,
  children: { readonly children: number; readonly openChildren: number } | undefined,
  onSelect: () => void,
): MenuAction | undefined {
  const pause = task.commands.find(({ verb }) => verb === 'PAUSE')
  // One that was paused with its parent has its sub-tasks paused already.
  if (!pause || !children || children.children === 0 || (pause.allowed && task.state === 'PAUSED'))
    return undefined
  const { openChildren } = children
  return {
    key: 'PAUSE_ALONE',
    title: 'Pause only this task',
    hint: `Its ${counted(openChildren, 'unfinished sub-task goes', 'unfinished sub-tasks go')} on. Pause takes along those that stop with it.`,
    whyNot: whyNot(pause, openChildren),
    onSelect,
  }
}

function whyNot(pause: LiveTask['commands'][number], openChildren: number): string | undefined {
  if (!pause.allowed) return pause.whyNot ?? 'Not possible now.'
  return openChildren === 0 ? 'All its sub-tasks are over: Pause does the same.' : undefined
}
