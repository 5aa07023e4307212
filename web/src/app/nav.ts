import type { Permission } from '@stint/schema/words'
import { paths } from '../client/paths.ts'

export interface Entry {
  readonly title: string
  readonly link: { readonly to: string }
  /** Absent: everybody who is signed in. */
  readonly permission?: Permission
  /** A number stands beside it while something calls for action. */
  readonly counts?: 'attention'
}

/** Grouped by what people do; an entry that a person may not use is absent. */
export const mainEntries: readonly Entry[] = [
  { title: 'Dashboard', link: paths.home() },
  { title: 'Tasks', link: paths.tasks(), permission: 'task.view' },
  { title: 'Needs attention', link: paths.attention(), permission: 'task.view', counts: 'attention' },
  { title: 'Templates', link: paths.templates(), permission: 'template.view' },
]

export const moreEntries: readonly Entry[] = [
  { title: 'Resources', link: paths.resources(), permission: 'task.view' },
  { title: 'Executors', link: paths.executors(), permission: 'executor.view' },
  { title: 'Actions', link: paths.actions(), permission: 'template.view' },
  { title: 'Channels', link: paths.channels(), permission: 'channel.manage' },
  { title: 'Audit', link: paths.audit(), permission: 'audit.view' },
  { title: 'Settings', link: paths.settings(), permission: 'setting.view' },
  { title: 'Users', link: paths.users(), permission: 'user.manage' },
  { title: 'API tokens', link: paths.tokens() },
]

/** Pages behind a tab of another: not in the navigation, but to be found by name. */
export const deeperEntries: readonly Entry[] = [
  { title: 'Functions', link: paths.functions(), permission: 'template.view' },
  { title: 'Deliveries', link: paths.deliveries(), permission: 'channel.manage' },
  { title: 'Configuration items', link: paths.configuration(), permission: 'setting.view' },
  { title: 'Keys', link: paths.keys(), permission: 'key.manage' },
  { title: 'Maintenance', link: paths.maintenance(), permission: 'setting.view' },
]

export const allowedEntries = (
  entries: readonly Entry[],
  permissions: readonly Permission[],
): readonly Entry[] => entries.filter((entry) => !entry.permission || permissions.includes(entry.permission))

/** Is this entry, or a page below it, the open one? */
export const isOpenEntry = (entry: Entry, pathname: string): boolean =>
  entry.link.to === '/'
    ? pathname === '/'
    : pathname === entry.link.to || pathname.startsWith(`${entry.link.to}/`)
