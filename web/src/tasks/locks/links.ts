import type { ResultOf } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import { LinkedTask } from '../fragments.ts'

export const LinksQuery = graphql(
  `
    query TaskLinks($id: ID!) {
      task(id: $id) {
        id
        links {
          resource
          mode
          operation
          state
          since
          stepNo
          position
          capacity
          holders {
            id
            ...LinkedTask_task
          }
        }
      }
    }
  `,
  [LinkedTask],
)

export type TaskLink = NonNullable<ResultOf<typeof LinksQuery>['task']>['links'][number]
export type LockMode = NonNullable<TaskLink['mode']>

/** What is on one list: the same resource may be held by two steps. */
export const keyOfLink = (link: TaskLink): string =>
  `${link.resource} ${link.mode} ${link.operation} ${link.stepNo} ${link.state}`
