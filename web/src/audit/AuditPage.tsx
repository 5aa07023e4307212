import { Button } from '@patternfly/react-core'
import ListIcon from '@patternfly/react-icons/dist/esm/icons/list-icon'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { type NodeOf, nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { Empty } from '../kit/Empty.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { Sentence } from '../kit/Sentence.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { detailsText, shortId } from './details.ts'
import { deedOf } from './sentence.ts'

const AuditPageQuery = graphql(`
  query AuditPage($first: Int, $after: String) {
    auditEntries(first: $first, after: $after) {
      edges {
        node {
          id
          at
          actor
          action
          subjectType
          subjectId
          reason
          address
          details
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

type Entry = NodeOf<ResultOf<typeof AuditPageQuery>['auditEntries']>

const pageSize = 50
const route = getRouteApi('/signed-in/audit')

function Deed({ entry }: { entry: Entry }) {
  const { did, object } = deedOf(entry)
  if (object === undefined) return did
  const name = (
    <code className="st-code" title={entry.subjectId ?? undefined}>
      {shortId(object)}
    </code>
  )
  const isTask = entry.subjectType === 'task' && entry.subjectId !== null
  return (
    <span className="st-break" title={entry.action}>
      {did} {isTask ? <Link {...paths.task(entry.subjectId ?? '')}>{name}</Link> : name}
    </span>
  )
}

function Details({ entry }: { entry: Entry }) {
  const details = detailsText(entry.details)
  if (!entry.reason && !details) return null
  return (
    <div className="st-cell">
      {entry.reason && <span className="st-break">{entry.reason}</span>}
      {details && (
        <span className="st-quiet st-small st-break">
          <Sentence text={details} />
        </span>
      )}
    </div>
  )
}

const columns: readonly Column<Entry>[] = [
  { key: 'at', title: 'When', cell: (entry) => <Moment at={entry.at} /> },
  { key: 'actor', title: 'Who', cell: (entry) => <span className="st-break">{entry.actor}</span> },
  { key: 'deed', title: 'Did what', width: 35, cell: (entry) => <Deed entry={entry} /> },
  {
    key: 'details',
    title: 'Reason and details',
    width: 30,
    cell: (entry) => <Details entry={entry} />,
  },
  { key: 'address', title: 'From', cell: (entry) => entry.address ?? '–', isWideOnly: true },
]

/** Who did what, when and why? Newest first; nothing here can be changed. */
export function AuditPage() {
  const { after } = route.useSearch()
  const navigate = route.useNavigate()
  const { data, problem, refetch, isOld } = usePageQuery(
    AuditPageQuery,
    { first: pageSize, after },
    { keepOld: true },
  )
  return (
    <Page
      title="Audit"
      facts="Sign-ins, commands and changes of what is allowed. Nothing here can be changed."
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ auditEntries }) =>
          auditEntries.edges.length === 0 ? (
            <Empty title="Nothing yet" icon={ListIcon} />
          ) : (
            <>
              <DataTable
                label="Audit"
                columns={columns}
                rows={nodesOf(auditEntries)}
                keyOf={(entry) => entry.id}
                nameOf={(entry) => entry.action}
                isOld={isOld}
              />
              <nav className="st-pager" aria-label="Pages">
                {after && (
                  <Button variant="link" onClick={() => navigate({ search: {} })}>
                    Newest
                  </Button>
                )}
                {auditEntries.pageInfo.hasNextPage && (
                  <Button
                    variant="control"
                    onClick={() =>
                      navigate({ search: { after: auditEntries.pageInfo.endCursor ?? undefined } })
                    }
                  >
                    Older
                  </Button>
                )}
              </nav>
            </>
          )
        }
      </QueryState>
    </Page>
  )
}
