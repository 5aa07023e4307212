import { Button } from '@patternfly/react-core'
import { getRouteApi } from '@tanstack/react-router'
import { readFragment } from 'gql.tada'
import { useCallback, useMemo, useRef } from 'react'
import { graphql } from '../client/gql.ts'
import { nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import type { TaskListSearch } from '../client/search.ts'
import { useCan } from '../client/session.ts'
import { ButtonLink } from '../kit/links.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { DataTable } from '../kit/table/DataTable.tsx'
import { KeysetPager, type Place } from '../kit/table/KeysetPager.tsx'
import { useSelection } from '../kit/table/useSelection.ts'
import { TaskState } from './fragments.ts'
import { BulkCommands } from './list/BulkCommands.tsx'
import { taskColumns } from './list/columns.tsx'
import { EmptyTasks } from './list/EmptyTasks.tsx'
import { filterOf } from './list/filter.ts'
import { TaskFilters } from './list/TaskFilters.tsx'
import { useArrivals } from './list/useArrivals.ts'
import { useRowActions } from './list/useRowActions.tsx'
import { useTaskNews } from './list/useTaskNews.ts'
import { ViewTabs } from './list/ViewTabs.tsx'
import type { LiveTask } from './words.ts'

const TasksPageQuery = graphql(
  `
    query TasksPage($filter: TaskFilter, $first: Int, $after: String, $last: Int, $before: String) {
      tasks(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        edges {
          node {
            id
            ...TaskState_task
          }
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  `,
  [TaskState],
)

const pageSize = 25
const route = getRouteApi('/signed-in/tasks')
const keyOf = (task: LiveTask) => task.id
const nameOf = (task: LiveTask) => task.title

const placeOf = (search: TaskListSearch) =>
  search.before ? { last: pageSize, before: search.before } : { first: pageSize, after: search.after }

/** Which tasks are there, and what is going on with them? */
export function TasksPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const filter = filterOf(search)
  const { data, isOld, problem, refetch } = usePageQuery(
    TasksPageQuery,
    { filter, ...placeOf(search) },
    { keepOld: true },
  )
  const rows = useMemo(() => nodesOf(data?.tasks).map((node) => readFragment(TaskState, node)), [data])
  const shown = useMemo(() => new Set(rows.map(keyOf)), [rows])
  const selection = useSelection()
  const news = useTaskNews({
    filter,
    shown,
    oldest: data?.tasks.pageInfo.hasNextPage ? rows.at(-1)?.createdAt : undefined,
    onResync: refetch,
    onDeleted: (id) => selection.toggle(id, false),
  })
  const known = useKnownTasks(rows)
  const { actionsOf, question } = useRowActions()
  const isTop = !search.after && !search.before
  const {
    news: announced,
    insert,
    markOf,
  } = useArrivals({
    news,
    isTop,
    isBusy: selection.keys.size > 0,
    rows,
    refetch,
  })
  const change = useCallback(
    (next: Partial<TaskListSearch>) =>
      navigate({
        search: (before) => ({ ...before, after: undefined, before: undefined, ...next }),
        replace: true,
      }),
    [navigate],
  )
  // Another page is another place: the Back button leads here again.
  const move = (place: Place) =>
    navigate({ search: (before) => ({ ...before, after: place.after, before: place.before }) })
  const selected = [...selection.keys].flatMap((key) => known.get(key) ?? [])
  return (
    <Page title="Tasks" actions={<StartTask />} tabs={<ViewTabs search={search} changes={news.changes} />}>
      <TaskFilters search={search} onChange={change} />
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ tasks }) =>
          tasks.edges.length === 0 ? (
            <EmptyTasks search={search} onClear={() => navigate({ search: {} })} />
          ) : (
            <>
              <div className="st-list">
                <div className="st-news" aria-live="polite">
                  {announced && (
                    <Button variant="secondary" size="sm" onClick={insert}>
                      {announced}
                    </Button>
                  )}
                </div>
                <DataTable
                  label="Tasks"
                  columns={taskColumns}
                  rows={rows}
                  keyOf={keyOf}
                  nameOf={nameOf}
                  selection={selection}
                  actionsOf={actionsOf}
                  isOld={isOld}
                  markOf={markOf}
                />
              </div>
              <KeysetPager place={search} pageInfo={tasks.pageInfo} onMove={move} />
            </>
          )
        }
      </QueryState>
      <BulkCommands selected={selected} onClear={selection.clear} onDeleted={insert} />
      {question}
    </Page>
  )
}

function StartTask() {
  const canCreate = useCan('task.create')
  return canCreate ? <ButtonLink {...paths.templates()}>Run a template</ButtonLink> : null
}

/** Ticked rows may stand on another page: their tasks are remembered as they were last seen. */
function useKnownTasks(rows: readonly LiveTask[]): ReadonlyMap<string, LiveTask> {
  const known = useRef(new Map<string, LiveTask>())
  for (const row of rows) known.current.set(row.id, row)
  return known.current
}
