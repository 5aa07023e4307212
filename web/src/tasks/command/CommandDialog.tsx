import { lazy, Suspense } from 'react'
import { isDangerousCommand, isGiven, type TaskCommand } from '../verbs.ts'
import type { LiveTask } from '../words.ts'
import { CommandConfirm } from './CommandConfirm.tsx'

const ApproveTask = lazy(async () => ({ default: (await import('./ApproveTask.tsx')).ApproveTask }))
const DangerDialog = lazy(async () => ({ default: (await import('./DangerDialog.tsx')).DangerDialog }))
const DeleteTask = lazy(async () => ({ default: (await import('./DeleteTask.tsx')).DeleteTask }))
const EditPeople = lazy(async () => ({ default: (await import('./EditPeople.tsx')).EditPeople }))
const EditRequest = lazy(async () => ({ default: (await import('./EditRequest.tsx')).EditRequest }))

interface CommandDialogProps {
  readonly task: LiveTask
  readonly command: TaskCommand
  readonly onClose: () => void
}

/** What has to be asked before a command: a question, a form, or a question with a word to be typed. */
export function CommandDialog(props: CommandDialogProps) {
  return (
    <Suspense>
      <Dialog {...props} />
    </Suspense>
  )
}

function Dialog({ command, ...props }: CommandDialogProps) {
  if (isDangerousCommand(command)) return <DangerDialog command={command} {...props} />
  if (isGiven(command)) return <CommandConfirm command={command} {...props} />
  if (command === 'DELETE') return <DeleteTask {...props} />
  if (command === 'RESOLVE') return <ApproveTask {...props} />
  return command === 'SET_PEOPLE' ? <EditPeople {...props} /> : <EditRequest {...props} />
}
