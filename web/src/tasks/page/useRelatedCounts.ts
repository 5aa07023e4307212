import type { ResultOf } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import { usePageQuery } from '../../client/query.ts'
import type { TaskTab } from '../../client/search.ts'
import { useSteadily } from '../../client/steady.ts'
import { type LiveTask, stepsVersion } from '../words.ts'

const RelatedQuery = graphql(`
  query TaskRelated($id: ID!) {
    task(id: $id) {
      id
      relatedCounts {
        children
        openChildren
        dependencies
        resources
        comments
      }
    }
  }
`)

export type RelatedCounts = NonNullable<ResultOf<typeof RelatedQuery>['task']>['relatedCounts']

const everyMs = 2000
/** The server counts no further. */
const most = 1000

const shown = (count: number) => (count < most ? count : `${most.toLocaleString('en')}+`)

/** How much there is about a task besides itself; undefined until it is known. */
export function useRelatedCounts(task: LiveTask): RelatedCounts | undefined {
  const { data, refetch } = usePageQuery(RelatedQuery, { id: task.id })
  // A sub-task is born and a lock is taken with a change of the task or of its steps.
  useSteadily(`${stepsVersion(task)} ${task.state} ${task.reason}`, refetch, { everyMs })
  return data?.task?.relatedCounts
}

/** How much stands behind the tabs of a task. */
export function tabCounts(counts: RelatedCounts | undefined): Partial<Record<TaskTab, number | string>> {
  if (!counts) return {}
  return {
    children: shown(counts.children),
    dependencies: shown(counts.dependencies),
    locks: shown(counts.resources),
    activity: shown(counts.comments),
  }
}
