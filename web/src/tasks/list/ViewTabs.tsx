import type { TaskResult, TaskState } from '@stint/schema/words'
import { useEffect } from 'react'
import { useQuery } from 'urql'
import { graphql } from '../../client/gql.ts'
import { paths } from '../../client/paths.ts'
import type { TaskListSearch } from '../../client/search.ts'
import { wordOf } from '../../client/words.ts'
import { TabBar, TabLink } from '../../kit/TabBar.tsx'
import { filterOf } from './filter.ts'
import { countText, isView, searchOfView, views } from './views.ts'

const ViewCountsQuery = graphql(`
  query ViewCounts($filter: TaskFilter) {
    taskCounts(filter: $filter) {
      state
      result
      count
      isCapped
    }
  }
`)

interface ViewTabsProps {
  readonly search: TaskListSearch
  /** Rises when tasks changed: then the numbers are asked again. */
  readonly changes: number
}

/** The usual questions to the list, with the number each would show. */
export function ViewTabs({ search, changes }: ViewTabsProps) {
  const filter = filterOf({ ...search, state: undefined, result: undefined })
  const [{ data }, refetch] = useQuery({ query: ViewCountsQuery, variables: { filter } })
  useEffect(() => {
    if (changes > 0) refetch({ requestPolicy: 'network-only' })
  }, [changes, refetch])
  const counts = data?.taskCounts.map((count) => ({
    ...count,
    state: wordOf(count.state) as TaskState,
    result: wordOf(count.result) as TaskResult,
  }))
  return (
    <TabBar label="Views">
      {views.map((view) => (
        <TabLink
          key={view.title}
          {...paths.tasks(searchOfView(view, search))}
          isCurrent={isView(view, search)}
          count={counts && countText(view, counts)}
        >
          {view.title}
        </TabLink>
      ))}
    </TabBar>
  )
}
