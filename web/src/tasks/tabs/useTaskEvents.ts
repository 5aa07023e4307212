import { useReducer } from 'react'
import { useGather } from '../../client/gather.ts'
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
function withNew(events: readonly TaskEvent[], arrived: readonly TaskEvent[]): readonly TaskEvent[] {
  const last = events.at(-1)?.seq ?? 0
  const fresh = arrived.filter((event) => event.seq > last)
  return fresh.length > 0 ? [...events, ...fresh] : events
}

/** The whole record of a task, oldest first, and what is added to it. */
export function useTaskEvents(taskId: string): readonly TaskEvent[] {
  const [events, add] = useReducer(withNew, [])
  const gather = useGather<TaskEvent>(add)
  useLive(TaskEvents, { id: taskId, after: 0 }, { onData: (data) => gather(data.taskEvents) })
  return events
}
