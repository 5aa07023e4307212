import { graphql } from '../client/gql.ts'

/** Everything of a task that moves. Commands return it and subscriptions carry it, so the cache heals by itself. */
export const TaskState = graphql(`
  fragment TaskState_task on Task {
    id
    uuid
    kind
    title
    label
    owner
    state
    result
    reason
    progress
    createdAt
    startAt
    startedAt
    endedAt
    errorSummary
    lastSeq
    stepCount
    stepsByState {
      state
      count
    }
    commands {
      verb
      allowed
      whyNot
    }
    why {
      code
      sentence
      taskId
      dueAt
      stepNo
    }
  }
`)

/** A step as a row of a list. */
export const StepRow = graphql(`
  fragment StepRow_step on Step {
    taskId
    no
    name
    description
    action
    parentNo
    itemIndex
    itemStates {
      state
      count
    }
    state
    tryCount
    maxRetries
    attemptNo
    dependencies
    startedAt
    endedAt
    dueAt
    errorSummary
  }
`)

/** Another task as it is named beside this one. */
export const LinkedTask = graphql(`
  fragment LinkedTask_task on Task {
    id
    uuid
    title
    label
    state
    result
    reason
  }
`)
