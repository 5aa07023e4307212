import { Label } from '@patternfly/react-core'
import KeyIcon from '@patternfly/react-icons/dist/esm/icons/key-icon'
import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { graphql } from '../client/gql.ts'
import { usePageQuery } from '../client/query.ts'
import { Identifier } from '../kit/CopyButton.tsx'
import { Empty } from '../kit/Empty.tsx'
import { FilterBar } from '../kit/filter/FilterBar.tsx'
import { TextFilter } from '../kit/filter/TextFilter.tsx'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { SettingsTabs } from './SettingsTabs.tsx'

const ConfigurationPageQuery = graphql(`
  query ConfigurationPage {
    configurationItems {
      name
      source
      allowed
      updatedAt
    }
  }
`)

type Item = ResultOf<typeof ConfigurationPageQuery>['configurationItems'][number]

const columns: readonly Column<Item>[] = [
  {
    key: 'name',
    title: 'Item',
    width: 40,
    isSelfEvident: true,
    cell: ({ name }) => (
      <Identifier text={name} label={`Copy {{.config.${name}}}`} copies={`{{.config.${name}}}`} />
    ),
  },
  { key: 'source', title: 'From', cell: ({ source }) => source },
  {
    key: 'allowed',
    title: 'Templates',
    cell: ({ allowed }) =>
      allowed ? (
        <Label isCompact color="green">
          may read it
        </Label>
      ) : (
        <Label isCompact variant="outline">
          may not read it
        </Label>
      ),
  },
  { key: 'updated', title: 'Changed', cell: ({ updatedAt }) => <Moment at={updatedAt} absent="unknown" /> },
]

/** Which secrets and other items are there for templates, and which may they read? Never what they say. */
export function ConfigurationPage() {
  const { data, problem, refetch } = usePageQuery(ConfigurationPageQuery, {})
  const [text, setText] = useState<string>()
  return (
    <Page
      title="Settings"
      tabTitle="Configuration items"
      facts="Values that come from files, the environment and plug-ins. They are never shown; the setting configuration_allow says which of them templates may read."
      tabs={<SettingsTabs current="configuration" />}
    >
      <FilterBar chips={[]} onClear={() => setText(undefined)}>
        <TextFilter label="Find by name" text={text} onChange={setText} />
      </FilterBar>
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ configurationItems }) => {
          const rows = configurationItems.filter(({ name }) => !text || name.includes(text.toLowerCase()))
          if (rows.length === 0) {
            return (
              <Empty title={text ? 'No item matches' : 'No configuration item yet'} icon={KeyIcon}>
                {text
                  ? undefined
                  : 'Put a file for each into the configuration folder; its name is the name of the item.'}
              </Empty>
            )
          }
          return (
            <DataTable
              label="Configuration items"
              columns={columns}
              rows={rows}
              keyOf={({ name }) => name}
              nameOf={({ name }) => name}
            />
          )
        }}
      </QueryState>
    </Page>
  )
}
