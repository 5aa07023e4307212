import CodeIcon from '@patternfly/react-icons/dist/esm/icons/code-icon'
import { counted } from '@stint/schema/counted'
import { Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { Empty } from '../kit/Empty.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { ActionsTabs } from './ActionsTabs.tsx'

const FunctionsPageQuery = graphql(`
  query FunctionsPage {
    functions {
      name
      description
      action
      version
      createdAt
      usedBy
    }
  }
`)

type Function = ResultOf<typeof FunctionsPageQuery>['functions'][number]

const columns: readonly Column<Function>[] = [
  {
    key: 'name',
    title: 'Function',
    width: 50,
    isSelfEvident: true,
    cell: ({ name, description }) => (
      <div className="st-cell">
        <Link {...paths.function(name)} className="st-break">
          {name}
        </Link>
        <span className="st-quiet st-small st-clamp st-break">{description}</span>
      </div>
    ),
  },
  { key: 'action', title: 'Runs', cell: ({ action }) => <code className="st-code">{action}</code> },
  { key: 'used', title: 'Used by', cell: ({ usedBy }) => counted(usedBy.length, 'template') },
  { key: 'version', title: 'Version', isRight: true, cell: ({ version }) => version },
  { key: 'changed', title: 'Changed', cell: ({ createdAt }) => <Moment at={createdAt} />, isWideOnly: true },
]

/** Which actions has somebody written here, out of others? */
export function FunctionsPage() {
  const { data, problem, refetch } = usePageQuery(FunctionsPageQuery, {})
  return (
    <Page
      title="Actions"
      tabTitle="Functions"
      facts="Actions with a configuration of their own, written once and used by many templates."
      tabs={<ActionsTabs current="functions" />}
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ functions }) =>
          functions.length === 0 ? (
            <Empty title="No function yet" icon={CodeIcon}>
              Put YAML files into the folder of functions; templates call them by name, as if they were
              actions.
            </Empty>
          ) : (
            <DataTable
              label="Functions"
              columns={columns}
              rows={functions}
              keyOf={({ name }) => name}
              nameOf={({ name }) => name}
            />
          )
        }
      </QueryState>
    </Page>
  )
}
