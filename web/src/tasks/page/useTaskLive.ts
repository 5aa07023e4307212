import { graphql } from '../../client/gql.ts'
import { useLive } from '../../client/live.ts'
import { StepRow, TaskState } from '../fragments.ts'

const TaskPageLive = graphql(
  `
    subscription TaskPageLive($id: ID!) {
      taskChanged(id: $id) {
        id
        ...TaskState_task
        steps(first: 100) {
          edges {
            node {
              taskId
              no
              ...StepRow_step
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  `,
  [TaskState, StepRow],
)

/** Keeps a task and its first hundred steps as they are now; what arrives lands in the cache and so on the page. */
export function useTaskLive(id: string): void {
  useLive(TaskPageLive, { id })
}
