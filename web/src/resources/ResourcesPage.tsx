import LockIcon from '@patternfly/react-icons/dist/esm/icons/lock-icon'
import { getRouteApi } from '@tanstack/react-router'
import { graphql } from '../client/gql.ts'
import { nodesOf } from '../client/nodes.ts'
import { usePageQuery } from '../client/query.ts'
import { useRepeatedly } from '../client/repeat.ts'
import type { ResourceListSearch } from '../client/search.ts'
import { Empty } from '../kit/Empty.tsx'
import { FilterBar } from '../kit/filter/FilterBar.tsx'
import { TextFilter } from '../kit/filter/TextFilter.tsx'
import { ToggleFilter } from '../kit/filter/ToggleFilter.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { DataTable } from '../kit/table/DataTable.tsx'
import { ForwardPager, usePages } from '../kit/table/ForwardPager.tsx'
import { ResourceRow, resourceColumns } from './columns.tsx'

const ResourcesPageQuery = graphql(
  `
    query ResourcesPage($text: String, $onlyBusy: Boolean, $first: Int, $after: String) {
      resources(text: $text, onlyBusy: $onlyBusy, first: $first, after: $after) {
        edges {
          node {
            name
            ...ResourceRow_resource
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [ResourceRow],
)

const route = getRouteApi('/signed-in/resources')
const pageSize = 50
// Locks are taken and freed many times a second, and nobody announces them.
const everyMs = 3000

/** Which locks and slots are there, who has them, and where is a queue? */
export function ResourcesPage() {
  const { text, busy } = route.useSearch()
  const navigate = route.useNavigate()
  const pages = usePages()
  const { data, problem, isOld, refetch } = usePageQuery(
    ResourcesPageQuery,
    { text, onlyBusy: busy, first: pageSize, after: pages.after },
    { keepOld: true },
  )
  useRepeatedly(refetch, everyMs)
  const change = (next: Partial<ResourceListSearch>) => {
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  }
  return (
    <Page
      title="Resources"
      facts="What tasks lock, share or have a limited number of: who has it, and who waits."
    >
      <FilterBar chips={[]} onClear={() => change({ text: undefined, busy: undefined })}>
        <TextFilter label="Find by name" text={text} onChange={(next) => change({ text: next })} />
        <ToggleFilter
          label="Only busy ones"
          isOn={busy === true}
          onChange={(isOn) => change({ busy: isOn || undefined })}
        />
      </FilterBar>
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ resources }) =>
          resources.edges.length === 0 ? (
            <NoResource isFiltered={text !== undefined || busy === true} />
          ) : (
            <>
              <DataTable
                label="Resources"
                columns={resourceColumns}
                rows={nodesOf(resources)}
                keyOf={(resource) => resource.name}
                nameOf={(resource) => resource.name}
                isOld={isOld}
              />
              <ForwardPager pages={pages} pageInfo={resources.pageInfo} label="Pages of resources" />
            </>
          )
        }
      </QueryState>
    </Page>
  )
}

function NoResource({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title="No resource matches" icon={LockIcon} />
  return (
    <Empty title="No resource is in use" icon={LockIcon}>
      Templates name the resources they lock; they appear here while a task holds one or waits for one.
    </Empty>
  )
}
