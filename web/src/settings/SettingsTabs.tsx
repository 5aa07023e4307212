import type { Permission } from '@stint/schema/words'
import { paths } from '../client/paths.ts'
import { useMe } from '../client/session.ts'
import { TabBar, TabLink } from '../kit/TabBar.tsx'

const tabs = [
  { key: 'settings', title: 'Settings', link: paths.settings(), permission: 'setting.view' },
  {
    key: 'configuration',
    title: 'Configuration items',
    link: paths.configuration(),
    permission: 'setting.view',
  },
  { key: 'keys', title: 'Keys', link: paths.keys(), permission: 'key.manage' },
  { key: 'maintenance', title: 'Maintenance', link: paths.maintenance(), permission: 'setting.view' },
] as const satisfies readonly { key: string; title: string; link: object; permission: Permission }[]

export type SettingsTab = (typeof tabs)[number]['key']

/** How this installation behaves, from all its sides that the person may see. */
export function SettingsTabs({ current }: { current: SettingsTab }) {
  const { permissions } = useMe()
  return (
    <TabBar label="Sides of the settings">
      {tabs
        .filter((tab) => permissions.includes(tab.permission))
        .map((tab) => (
          <TabLink key={tab.key} {...tab.link} isCurrent={tab.key === current}>
            {tab.title}
          </TabLink>
        ))}
    </TabBar>
  )
}
