import { useState } from 'react'
import { useClient } from 'urql'
import { noAnswer, type PageProblem, problemOf } from '../../client/problems.ts'
import { DeleteTasks, useTaskCommand } from '../actions.ts'
import type { GivenCommand } from '../verbs.ts'
import type { LiveTask } from '../words.ts'
import type { BulkRun, Refusal } from './outcome.ts'

const sideBySide = 4
/** So many are deleted by one request: few enough that the progress moves. */
const deletedTogether = 25

const stays = (message: string): PageProblem => ({ code: 'not-allowed-now', message, fields: [] })

/** Deletes some of the tasks; answers how many are gone, families included, and which are not. */
function useDeletion() {
  const client = useClient()
  return async (tasks: readonly LiveTask[], reason: string) => {
    const input = { ids: tasks.map(({ id }) => id), reason }
    const { data, error } = await client.mutation(DeleteTasks, { input }).toPromise()
    const problem = problemOf(error) ?? (data ? undefined : noAnswer)
    if (problem || !data)
      return { deleted: 0, refusals: tasks.map((task) => ({ task, problem: problem ?? noAnswer })) }
    const { deleted, kept } = data.deleteTasks
    const whyOf = new Map(kept.map(({ taskId, message }) => [taskId, message]))
    const refusals = tasks.flatMap((task): Refusal[] => {
      const message = whyOf.get(task.id)
      return message === undefined ? [] : [{ task, problem: stays(message) }]
    })
    return { deleted, refusals }
  }
}

/** Commands for many tasks, with how far they have come. */
export function useBulk() {
  const give = useTaskCommand()
  const remove = useDeletion()
  const [run, setRun] = useState<BulkRun>()

  const start = async (command: GivenCommand, tasks: readonly LiveTask[], reason?: string) => {
    const queue = [...tasks]
    let done = 0
    const refusals: Refusal[] = []
    const next = async (): Promise<void> => {
      const task = queue.shift()
      if (!task) return
      const problem = await give(command, task.id, { reason })
      if (problem) refusals.push({ task, problem })
      done += 1
      setRun({ command, done, total: tasks.length, refusals: [...refusals] })
      return next()
    }
    setRun({ command, done, total: tasks.length, refusals })
    await Promise.all(Array.from({ length: sideBySide }, next))
  }

  const startDeleting = async (tasks: readonly LiveTask[], reason: string) => {
    let last: BulkRun = { command: 'DELETE', done: 0, total: tasks.length, refusals: [], deleted: 0 }
    setRun(last)
    for (let from = 0; from < tasks.length; from += deletedTogether) {
      const some = tasks.slice(from, from + deletedTogether)
      const { deleted, refusals } = await remove(some, reason)
      last = {
        ...last,
        done: last.done + some.length,
        refusals: [...last.refusals, ...refusals],
        deleted: (last.deleted ?? 0) + deleted,
      }
      setRun(last)
    }
  }

  return { run, start, startDeleting, forget: () => setRun(undefined) }
}
