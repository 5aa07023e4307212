import { Link } from '@tanstack/react-router'
import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { graphql } from '../client/gql.ts'
import { paths } from '../client/paths.ts'
import { usePageQuery } from '../client/query.ts'
import { Empty } from '../kit/Empty.tsx'
import { FilterBar } from '../kit/filter/FilterBar.tsx'
import { TextFilter } from '../kit/filter/TextFilter.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { ActionsTabs } from './ActionsTabs.tsx'
import { Marked } from './SchemaTable.tsx'
import { idempotentText } from './words.ts'

const ActionsPageQuery = graphql(`
  query ActionsPage {
    actions {
      type
      description
      idempotent
      source
    }
  }
`)

type Action = ResultOf<typeof ActionsPageQuery>['actions'][number]

const columns: readonly Column<Action>[] = [
  {
    key: 'type',
    title: 'Action',
    width: 15,
    isSelfEvident: true,
    cell: ({ type }) => (
      <Link {...paths.action(type)} className="st-code">
        {type}
      </Link>
    ),
  },
  {
    key: 'description',
    title: 'What it does',
    width: 50,
    isSelfEvident: true,
    cell: ({ description }) => <Marked text={description} />,
  },
  {
    key: 'idempotent',
    title: 'Run twice',
    width: 20,
    cell: ({ idempotent }) => idempotentText(idempotent),
    isWideOnly: true,
  },
  {
    key: 'source',
    title: 'From',
    cell: ({ source }) => <span className="st-break">{source}</span>,
    isWideOnly: true,
  },
]

const matches = (action: Action, text: string | undefined) =>
  !text || `${action.type} ${action.description}`.toLowerCase().includes(text.toLowerCase())

/** What can a step do, and how is that written? */
export function ActionsPage() {
  const { data, problem, refetch } = usePageQuery(ActionsPageQuery, {})
  const [text, setText] = useState<string>()
  return (
    <Page
      title="Actions"
      facts="What a step can do. Each is described by the schemas that its configuration is checked with."
      tabs={<ActionsTabs current="actions" />}
    >
      <FilterBar chips={[]} onClear={() => setText(undefined)}>
        <TextFilter label="Find by name or description" text={text} onChange={setText} />
      </FilterBar>
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ actions }) => {
          const rows = actions.filter((action) => matches(action, text))
          if (rows.length === 0) return <Empty title="No action matches" />
          return (
            <DataTable
              label="Actions"
              columns={columns}
              rows={rows}
              keyOf={({ type }) => type}
              nameOf={({ type }) => type}
            />
          )
        }}
      </QueryState>
    </Page>
  )
}
