import { useCallback } from 'react'
import { useClient } from 'urql'
import { graphql } from '../client/gql.ts'
import { noAnswer, type PageProblem, problemOf } from '../client/problems.ts'
import { StepRow, TaskState } from './fragments.ts'
import type { GivenCommand } from './verbs.ts'

const CancelTask = graphql(
  `mutation CancelTask($input: TaskCommandInput!) { cancelTask(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)
const PauseTask = graphql(
  `mutation PauseTask($input: PauseTaskInput!) { pauseTask(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)
const ResumeTask = graphql(
  `mutation ResumeTask($input: TaskCommandInput!) { resumeTask(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)
const RejectTask = graphql(
  `mutation RejectTask($input: TaskCommandInput!) { rejectTask(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)
export const ResolveTask = graphql(
  `mutation ResolveTask($input: ResolveTaskInput!) { resolveTask(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)

const StartTaskOver = graphql(
  `mutation StartTaskOver($input: TaskCommandInput!) { startTaskOver(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)
const ExtendTaskRetries = graphql(
  `mutation ExtendTaskRetries($input: TaskCommandInput!) { extendTaskRetries(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)

const mutations = {
  CANCEL: CancelTask,
  PAUSE: PauseTask,
  RESUME: ResumeTask,
  REJECT: RejectTask,
  START_OVER: StartTaskOver,
  EXTEND_RETRIES: ExtendTaskRetries,
} as const

export const RetryStep = graphql(
  `
  mutation RetryStep($input: StepCommandInput!, $stepNo: Int!) {
    retryStep(input: $input) { id ...TaskState_task step(no: $stepNo) { taskId no ...StepRow_step } }
  }
`,
  [TaskState, StepRow],
)
export const SkipStep = graphql(
  `
  mutation SkipStep($input: StepCommandInput!, $stepNo: Int!) {
    skipStep(input: $input) { id ...TaskState_task step(no: $stepNo) { taskId no ...StepRow_step } }
  }
`,
  [TaskState, StepRow],
)
export const ReviewStep = graphql(
  `
  mutation ReviewStep($input: ReviewStepInput!, $stepNo: Int!) {
    reviewStep(input: $input) { id ...TaskState_task step(no: $stepNo) { taskId no ...StepRow_step } }
  }
`,
  [TaskState, StepRow],
)
export const ReviewAllSteps = graphql(
  `mutation ReviewAllSteps($input: ReviewAllStepsInput!) { reviewAllSteps(input: $input) { id ...TaskState_task } }`,
  [TaskState],
)
export const CommentTask = graphql(
  `mutation CommentTask($input: CommentTaskInput!) { commentTask(input: $input) { id lastSeq } }`,
)

export const DeleteTasks = graphql(`
  mutation DeleteTasks($input: DeleteTasksInput!) {
    deleteTasks(input: $input) {
      deleted
      kept {
        taskId
        message
      }
    }
  }
`)

/** What may be said with a command. */
interface CommandWords {
  readonly reason?: string
  /** Only with PAUSE: its sub-tasks go on. */
  readonly alone?: boolean
}

/**
 * Gives one task a command. Resolves to the problem it met, or to undefined when it is accepted.
 * Approving is not among them: a template may ask something of whoever approves.
 */
export function useTaskCommand(): (
  command: GivenCommand,
  taskId: string,
  words?: CommandWords,
) => Promise<PageProblem | undefined> {
  const client = useClient()
  return useCallback(
    async (command, taskId, words) => {
      const result = await client.mutation(mutations[command], { input: { taskId, ...words } }).toPromise()
      if (result.error) return problemOf(result.error)
      return result.data ? undefined : noAnswer
    },
    [client],
  )
}
