import { type ResultOf, readFragment } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import type { NodeOf } from '../../client/nodes.ts'
import type { AttentionKind } from '../../client/search.ts'
import { wordOf } from '../../client/words.ts'
import { TaskState } from '../fragments.ts'
import type { LiveTask } from '../words.ts'

export const AttentionPageQuery = graphql(
  `
    query AttentionPage($kinds: [AttentionKind!], $first: Int, $after: String) {
      needsAttention(kinds: $kinds, first: $first, after: $after) {
        edges {
          node {
            kind
            stepNo
            stepName
            since
            sentence
            canAct
            task {
              id
              ...TaskState_task
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [TaskState],
)

type ApiItem = NodeOf<ResultOf<typeof AttentionPageQuery>['needsAttention']>

/** Something that stands still until a person does something. */
export interface AttentionItem extends Omit<ApiItem, 'kind' | 'task'> {
  readonly kind: AttentionKind
  readonly task: LiveTask
}

export const itemOf = (item: ApiItem): AttentionItem => ({
  ...item,
  kind: wordOf(item.kind) as AttentionKind,
  task: readFragment(TaskState, item.task),
})

export const keyOfItem = (item: AttentionItem): string => `${item.kind} ${item.task.id} ${item.stepNo}`
