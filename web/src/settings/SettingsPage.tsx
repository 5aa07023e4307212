import { readFragment } from 'gql.tada'
import { graphql } from '../client/gql.ts'
import { usePageQuery } from '../client/query.ts'
import { useCan } from '../client/session.ts'
import { Moment } from '../kit/Moment.tsx'
import { Page } from '../kit/Page.tsx'
import { QueryState } from '../kit/QueryState.tsx'
import type { Column } from '../kit/table/column.ts'
import { DataTable } from '../kit/table/DataTable.tsx'
import { SettingsTabs } from './SettingsTabs.tsx'
import { SettingValue } from './SettingValue.tsx'
import { type Setting, SettingRow } from './setting.ts'

const SettingsPageQuery = graphql(
  `
    query SettingsPage {
      settings {
        name
        ...SettingRow_setting
      }
    }
  `,
  [SettingRow],
)

const columns = (canManage: boolean): readonly Column<Setting>[] => [
  {
    key: 'name',
    title: 'Setting',
    width: 45,
    isSelfEvident: true,
    cell: (setting) => (
      <div className="st-cell">
        <code className="st-code">{setting.name}</code>
        <span className="st-quiet st-small st-break">{setting.description}</span>
      </div>
    ),
  },
  {
    key: 'value',
    title: 'Value',
    width: 30,
    isSelfEvident: true,
    cell: (setting) => <SettingValue setting={setting} canManage={canManage} />,
  },
  {
    key: 'changed',
    title: 'Changed',
    cell: (setting) =>
      setting.updatedAt ? (
        <span>
          <Moment at={setting.updatedAt} />{' '}
          {setting.updatedBy && <span className="st-quiet">by {setting.updatedBy}</span>}
        </span>
      ) : (
        <span className="st-quiet">as shipped</span>
      ),
  },
]

/** How does this installation behave, and who changed that when? */
export function SettingsPage() {
  const { data, problem, refetch } = usePageQuery(SettingsPageQuery, {})
  const canManage = useCan('setting.manage')
  return (
    <Page
      title="Settings"
      facts={
        canManage
          ? 'A change takes effect at once and is kept in the audit.'
          : 'You may look at these, not change them.'
      }
      tabs={<SettingsTabs current="settings" />}
    >
      <QueryState data={data} problem={problem} onRetry={refetch}>
        {({ settings }) => (
          <DataTable
            label="Settings"
            columns={columns(canManage)}
            rows={settings.map((ref) => readFragment(SettingRow, ref))}
            keyOf={(setting) => setting.name}
            nameOf={(setting) => setting.name}
          />
        )}
      </QueryState>
    </Page>
  )
}
