import { Button } from '@patternfly/react-core'
import { lazy, Suspense, useState } from 'react'
import { useCan } from '../../client/session.ts'
import { Confirm } from '../../kit/Confirm.tsx'
import { BulkBar } from '../../kit/table/BulkBar.tsx'
import { type GivenCommand, taskVerbs } from '../verbs.ts'
import type { LiveTask } from '../words.ts'
import { BulkOutcome } from './BulkOutcome.tsx'
import type { BulkCommand } from './outcome.ts'
import { useBulk } from './useBulk.ts'

const DeleteConfirm = lazy(async () => ({
  default: (await import('../command/DeleteConfirm.tsx')).DeleteConfirm,
}))

const named = 5
/** The server looks at no more tasks that are named. */
const deletedMax = 1000

const canDo = (task: LiveTask, command: BulkCommand) =>
  task.commands.some((one) => one.verb === command && one.allowed)

interface BulkCommandsProps {
  readonly selected: readonly LiveTask[]
  readonly onClear: () => void
  /** Rows are gone. */
  readonly onDeleted: () => void
}

/** Cancel, resume or delete all ticked tasks, with the exact number that each verb would reach. */
export function BulkCommands({ selected, onClear, onDeleted }: BulkCommandsProps) {
  const [asked, setAsked] = useState<GivenCommand>()
  const [doomed, setDoomed] = useState<readonly LiveTask[]>()
  const { run, start, startDeleting, forget } = useBulk()
  const canDelete = useCan('task.delete')
  const able = (command: BulkCommand) => selected.filter((task) => canDo(task, command))
  const go = async (command: GivenCommand, reason?: string) => {
    setAsked(undefined)
    await start(command, able(command), reason)
    onClear()
  }
  const remove = async (tasks: readonly LiveTask[], reason: string) => {
    setDoomed(undefined)
    await startDeleting(tasks, reason)
    onClear()
    onDeleted()
  }
  const button = (command: BulkCommand, count: number, onClick: () => void) => (
    <Button
      variant="secondary"
      isDanger={taskVerbs[command].isDangerous}
      isDisabled={count === 0}
      onClick={onClick}
    >
      {taskVerbs[command].title} {count}
    </Button>
  )
  const deletable = able('DELETE').slice(0, deletedMax)
  const concerned = asked ? able(asked) : []
  return (
    <>
      <BulkBar count={selected.length} noun="task" onClear={onClear}>
        {button('RESUME', able('RESUME').length, () => void go('RESUME'))}
        {button('CANCEL', able('CANCEL').length, () => setAsked('CANCEL'))}
        {canDelete && button('DELETE', deletable.length, () => setDoomed(deletable))}
      </BulkBar>
      {run && <BulkOutcome run={run} onClose={forget} />}
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
      {doomed && (
        <Suspense>
          <DeleteConfirm
            tasks={doomed}
            onConfirm={(reason) => void remove(doomed, reason)}
            onClose={() => setDoomed(undefined)}
          />
        </Suspense>
      )}
    </>
  )
}
