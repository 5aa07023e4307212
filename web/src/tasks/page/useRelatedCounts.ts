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
        dependencies
        resources
        comments
      }
    }
  }
`)

const everyMs = 2000
/** The server counts no further. */
const most = 1000

const shown = (count: number) => (count < most ? count : `${most.toLocaleString('en')}+`)

/** How much stands behind the tabs of a task; nothing until it is known, and for what there is nothing of. */
export function useRelatedCounts(task: LiveTask): Partial<Record<TaskTab, number | string>> {
  const { data, refetch } = usePageQuery(RelatedQuery, { id: task.id })
  // A sub-task is born and a lock is taken with a change of the task or of its steps.
  useSteadily(`${stepsVersion(task)} ${task.state} ${task.reason}`, refetch, { everyMs })
  const counts = data?.task?.relatedCounts
  if (!counts) return {}
  return {
    children: shown(counts.children),
    dependencies: shown(counts.dependencies),
    locks: shown(counts.resources),
    activity: shown(counts.comments),
  }
}
