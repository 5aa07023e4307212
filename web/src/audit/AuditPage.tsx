import ListIcon from '@patternfly/react-icons/dist/esm/icons/list-icon'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { type NodeOf, nodesOf } from '../client/nodes.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { type AuditKind, auditKinds } from '../client/search.ts'
import { useCan } from '../client/session.ts'
import { Empty } from '../kit/Empty.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import { Sentence } from '../kit/Sentence.tsx'
import { TabBar, TabLink } from '../kit/TabBar.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { ForwardPager, usePages } from '../kit/table/ForwardPager.tsx'
import { detailsText, shortId } from './details.ts'
import { deedOf } from './sentence.ts'

const AuditPageQuery = graphql(`
  query AuditPage($subjectType: String, $first: Int, $after: String) {
    auditEntries(subjectType: $subjectType, first: $first, after: $after) {
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

/** Where what was changed can be looked at; what is only a name on the record leads nowhere. */
function linkOf({ subjectType, subjectId }: Entry, object: string) {
  if (subjectType === 'task' && subjectId) return paths.task(subjectId)
  if (subjectType === 'executor' && subjectId) return paths.executor(subjectId)
  if (subjectType === 'template') return paths.template(object)
  if (subjectType === 'channel') return paths.channels()
  if (subjectType === 'setting') return paths.settings()
  if (subjectType === 'user') return paths.users()
  return subjectType === 'key' ? paths.keys() : undefined
}

function Deed({ entry }: { entry: Entry }) {
  const { did, object } = deedOf(entry)
  if (object === undefined) return did
  const link = linkOf(entry, object)
  const name = (
    <code className="st-code" title={entry.subjectId ?? undefined}>
      {shortId(object)}
    </code>
  )
  return (
    <span className="st-break" title={entry.action}>
      {did} {link ? <Link {...link}>{name}</Link> : name}
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

// A phone has no column for who it was: it stands beside the instant.
function When({ entry }: { entry: Entry }) {
  return (
    <span>
      <Moment at={entry.at} />
      <span className="st-quiet st-phone-only"> · {entry.actor}</span>
    </span>
  )
}

const kindTitles: Record<AuditKind, string> = {
  task: 'Tasks',
  template: 'Templates',
  setting: 'Settings',
  user: 'People',
  api_token: 'API tokens',
  channel: 'Channels',
  executor: 'Executors',
  key: 'Keys',
  maintenance: 'Maintenance',
}

const columns: readonly Column<Entry>[] = [
  { key: 'at', title: 'When', isSelfEvident: true, cell: (entry) => <When entry={entry} /> },
  {
    key: 'actor',
    title: 'Who',
    cell: (entry) => <span className="st-break">{entry.actor}</span>,
    isWideOnly: true,
  },
  { key: 'deed', title: 'Did what', width: 35, isSelfEvident: true, cell: (entry) => <Deed entry={entry} /> },
  {
    key: 'details',
    title: 'Reason and details',
    width: 30,
    isSelfEvident: true,
    cell: (entry) => <Details entry={entry} />,
  },
  { key: 'address', title: 'From', cell: (entry) => entry.address ?? '–', isWideOnly: true },
]

function KindTabs({ chosen }: { chosen: AuditKind | undefined }) {
  return (
    <TabBar label="Kinds">
      <TabLink {...paths.audit()} isCurrent={chosen === undefined} replace>
        All
      </TabLink>
      {auditKinds.map((kind) => (
        <TabLink key={kind} {...paths.audit({ kind })} isCurrent={kind === chosen} replace>
          {kindTitles[kind]}
        </TabLink>
      ))}
    </TabBar>
  )
}

/** Who did what, when and why? Newest first; nothing here can be changed. */
export function AuditPage() {
  const { kind } = route.useSearch()
  const pages = usePages()
  const canView = useCan('audit.view')
  const { data, problem, refetch, isOld } = usePageQuery(
    AuditPageQuery,
    { subjectType: kind, first: pageSize, after: pages.after },
    { keepOld: true },
  )
  return (
    <Page
      title="Audit"
      facts="Sign-ins, commands and changes of what is allowed, newest first. Nothing here can be changed."
      tabs={canView && <KindTabs chosen={kind} />}
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ auditEntries }) =>
          auditEntries.edges.length === 0 ? (
            <Empty title="Nothing yet" icon={ListIcon}>
              {kind && <Link {...paths.audit()}>The whole record</Link>}
            </Empty>
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
              <ForwardPager pages={pages} pageInfo={auditEntries.pageInfo} label="Pages of the audit" />
            </>
          )
        }
      </QueryState>
    </Page>
  )
}
