import { graphql } from '../../client/gql.ts'
import { useLive } from '../../client/live.ts'
import { problemOf } from '../../client/problems.ts'
import { useSteadily } from '../../client/steady.ts'
import { StepRow, TaskState } from '../fragments.ts'
import { type LiveTask, stepsVersion } from '../words.ts'

const TaskPageLive = graphql(
  `
    subscription TaskPageLive($id: ID!, $withSteps: Boolean!) {
      taskChanged(id: $id) {
        id
        kept
        keptUntil
        ...TaskState_task
        steps(first: 100, parentNo: null) @include(if: $withSteps) {
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
        failed: steps(
          first: 10
          states: ["CLIENT_ERROR", "SERVER_ERROR", "FATAL_ERROR", "CRASHED", "AFTERRUN_ERROR"]
        ) @include(if: $withSteps) {
          edges {
            node {
              taskId
              no
              ...StepRow_step
            }
          }
        }
      }
    }
  `,
  [TaskState, StepRow],
)

// Steps travel with every change of a small task. In a large one that would be thousands of steps a second, so those
// are asked for instead, at a pace that eyes can follow.
const smallTaskSteps = 30
const everyMs = 500

/** Keeps a task and its first hundred steps as they are now; what arrives lands in the cache and so on the page. */
export function useTaskLive(id: string, task: LiveTask | undefined, refetch: () => void): void {
  const isSmall = task !== undefined && task.stepCount <= smallTaskSteps
  useLive(
    TaskPageLive,
    { id, withSteps: isSmall },
    {
      pause: task === undefined,
      // It was deleted, or may no longer be seen: the page asks which.
      onError: (error) => problemOf(error)?.code === 'not-found' && refetch(),
    },
  )
  const version = task ? stepsVersion(task) : ''
  useSteadily(version, refetch, { everyMs, pause: task === undefined || isSmall })
}
