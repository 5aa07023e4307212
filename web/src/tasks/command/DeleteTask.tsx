import { useState } from 'react'
import { useAction } from '../../client/mutation.ts'
import type { PageProblem } from '../../client/problems.ts'
import { DeleteTasks } from '../actions.ts'
import type { LiveTask } from '../words.ts'
import { DeleteConfirm } from './DeleteConfirm.tsx'

interface DeleteTaskProps {
  readonly task: Pick<LiveTask, 'id' | 'title'>
  readonly onClose: () => void
}

const refused = (message: string): PageProblem => ({ code: 'not-allowed-now', message, fields: [] })

/** Asks, then deletes one task; its page turns by itself when it hears of it. */
export function DeleteTask({ task, onClose }: DeleteTaskProps) {
  const { run, isRunning, problem } = useAction(DeleteTasks)
  const [kept, setKept] = useState<string>()
  const confirm = async (reason: string) => {
    setKept(undefined)
    const { data } = await run({ input: { ids: [task.id], reason } })
    const [stays] = data?.deleteTasks.kept ?? []
    if (stays) setKept(stays.message)
    else if (data) onClose()
  }
  return (
    <DeleteConfirm
      tasks={[task]}
      isRunning={isRunning}
      problem={problem ?? (kept === undefined ? undefined : refused(kept))}
      onConfirm={(reason) => void confirm(reason)}
      onClose={onClose}
    />
  )
}
