import { graphql } from '../../client/gql.ts'
import { usePageQuery } from '../../client/query.ts'
import { CodeText } from '../../kit/CodeText.tsx'
import { QueryState } from '../../kit/QueryState.tsx'
import type { LiveTask } from '../words.ts'

const RawQuery = graphql(`
  query TaskRaw($id: ID!) {
    task(id: $id) {
      id
      uuid
      kind
      label
      title
      state
      result
      reason
      progress
      owner
      resolvers
      watchers
      priority
      region
      createdAt
      startAt
      startBefore
      startedAt
      endedAt
      stateUpdatedAt
      errorSummary
      input
      resolverInput
      outcome
      lastSeq
      epoch
      takeovers
      tags {
        name
        value
      }
      template {
        id
        name
        version
      }
      steps(first: 100, parentNo: null) {
        edges {
          node {
            taskId
            no
            name
            action
            state
            tryCount
            attemptNo
            dependencies
            startedAt
            endedAt
            dueAt
            errorSummary
          }
        }
      }
    }
  }
`)

// The marks of the cache say nothing about the task.
const withoutMarks = (key: string, value: unknown) => (key === '__typename' ? undefined : value)

/** The task as the API tells it. */
export function RawTab({ task }: { task: LiveTask }) {
  const { data, problem, refetch } = usePageQuery(RawQuery, { id: task.id })
  return (
    <QueryState data={data?.task ?? undefined} problem={problem} onRetry={refetch}>
      {(raw) => <CodeText text={JSON.stringify(raw, withoutMarks, 2)} label="the task as JSON" />}
    </QueryState>
  )
}
