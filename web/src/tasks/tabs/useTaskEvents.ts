import { useReducer } from 'react'
import { graphql } from '../../client/gql.ts'
import { useLive } from '../../client/live.ts'
import type { TaskEvent } from './activity.ts'

const TaskEvents = graphql(`
  subscription TaskEvents($id: ID!, $after: Int) {
    taskEvents(id: $id, after: $after) {
      seq
      at
      kind
      name
      stepNo
      actor
      data
    }
  }
`)

// Numbers rise without gaps; an event that is already there came twice over a connection that was cut.
const add = (events: readonly TaskEvent[], event: TaskEvent): readonly TaskEvent[] =>
  event.seq <= (events.at(-1)?.seq ?? 0) ? events : [...events, event]

/** The whole record of a task, oldest first, and what is added to it. */
export function useTaskEvents(taskId: string): readonly TaskEvent[] {
  const [events, append] = useReducer(add, [])
  useLive(TaskEvents, { id: taskId, after: 0 }, { onData: (data) => append(data.taskEvents) })
  return events
}
