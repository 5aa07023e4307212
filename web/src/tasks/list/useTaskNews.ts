import { readFragment } from 'gql.tada'
import { useCallback, useEffect, useRef, useState } from 'react'
import { graphql } from '../../client/gql.ts'
import { useLive } from '../../client/live.ts'
import { TaskState } from '../fragments.ts'
import type { TaskFilter } from './filter.ts'

const TasksChanged = graphql(
  `
    subscription TasksChanged($filter: TaskFilter, $after: String) {
      tasksChanged(filter: $filter, after: $after) {
        token
        resync
        matches
        deletedId
        task {
          id
          ...TaskState_task
        }
      }
    }
  `,
  [TaskState],
)

const countEveryMs = 1000

interface NewsOptions {
  readonly filter: TaskFilter
  /** Ids of the rows that are shown. */
  readonly shown: ReadonlySet<string>
  /** When the last row was created, if older ones stand on further pages: a change of one of those is no news here. */
  readonly oldest: string | undefined
  /** The server cannot tell what was missed. */
  readonly onResync: () => void
  /** Of any task that may have stood in the list, shown or not. */
  readonly onDeleted: (id: string) => void
}

/** Several changes within a second count as one: the numbers above the list are asked again once. */
function useCalmCounter(): [number, () => void] {
  const [count, setCount] = useState(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const touch = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      setCount((before) => before + 1)
    }, countEveryMs)
  }, [])
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      timer.current = undefined
    },
    [],
  )
  return [count, touch]
}

const nobody: ReadonlySet<string> = new Set()

function withOne(set: ReadonlySet<string>, id: string, isIn: boolean): ReadonlySet<string> {
  if (set.has(id) === isIn) return set
  const next = new Set(set)
  if (isIn) next.add(id)
  else next.delete(id)
  return next
}

/**
 * What happened to a list since it was loaded. Rows that are shown change in place through the cache; tasks that belong
 * to the list but are not shown are `fresh`, rows that no longer belong are `gone`, rows of tasks that are no more are `deleted`.
 * Nothing is inserted or removed here.
 */
export function useTaskNews({ filter, shown, oldest, onResync, onDeleted }: NewsOptions) {
  const [fresh, setFresh] = useState(nobody)
  const [gone, setGone] = useState(nobody)
  const [deleted, setDeleted] = useState(nobody)
  const [changes, touch] = useCalmCounter()
  useLive(
    TasksChanged,
    { filter, after: undefined },
    {
      onData({ tasksChanged }) {
        touch()
        if (tasksChanged.resync) onResync()
        const { deletedId } = tasksChanged
        if (deletedId) {
          onDeleted(deletedId)
          setFresh((before) => withOne(before, deletedId, false))
          if (shown.has(deletedId)) setDeleted((before) => withOne(before, deletedId, true))
        }
        if (!tasksChanged.task) return
        const { id, createdAt } = readFragment(TaskState, tasksChanged.task)
        const isHere = tasksChanged.matches && (oldest === undefined || createdAt > oldest)
        if (shown.has(id)) setGone((before) => withOne(before, id, !tasksChanged.matches))
        else setFresh((before) => withOne(before, id, isHere))
      },
    },
  )
  const forget = useCallback(() => {
    setFresh(nobody)
    setGone(nobody)
    setDeleted(nobody)
  }, [])
  return { fresh, gone, deleted, changes, forget }
}
