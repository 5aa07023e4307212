import type { ResultOf } from 'gql.tada'
import { useEffect, useRef } from 'react'
import { graphql } from '../../client/gql.ts'
import { usePageQuery } from '../../client/query.ts'
import { LinkedTask } from '../fragments.ts'

const StepDetailQuery = graphql(
  `
  query StepDetail($id: ID!, $no: Int!) {
    task(id: $id) {
      id
      step(no: $no) {
        taskId
        no
        name
        description
        action
        state
        item
        itemIndex
        tryCount
        maxRetries
        attemptNo
        dependencies
        startedAt
        endedAt
        dueAt
        idempotent
        errorSummary
        output
        metadata
        error {
          message
          kind
          detail
        }
        commands {
          verb
          allowed
          whyNot
        }
        form
        limits {
          resource
          mode
          state
          position
          capacity
        }
        callback {
          url
          createdAt
          expiresAt
          calledAt
        }
        childTasks {
          id
          ...LinkedTask_task
        }
        attempts {
          no
          tryNo
          state
          startedAt
          endedAt
          output
          metadata
          errorSummary
          error {
            message
            kind
            detail
          }
        }
      }
    }
  }
`,
  [LinkedTask],
)

export type StepDetail = NonNullable<NonNullable<ResultOf<typeof StepDetailQuery>['task']>['step']>
export type Attempt = StepDetail['attempts'][number]

/** Everything about one step. `version` changes when the step does; then it is asked again. */
export function useStepDetail(taskId: string, no: number, version: string) {
  const query = usePageQuery(StepDetailQuery, { id: taskId, no })
  const { refetch } = query
  const seen = useRef(`${no} ${version}`)
  useEffect(() => {
    const now = `${no} ${version}`
    if (seen.current === now) return
    const isSameStep = seen.current.startsWith(`${no} `)
    seen.current = now
    if (isSameStep) refetch()
  }, [no, version, refetch])
  return { ...query, step: query.data?.task?.step ?? undefined }
}
