import { paths } from '../client/paths.ts'
import { TabBar, TabLink } from '../kit/TabBar.tsx'

/** Where news goes, and what came of it. */
export function ChannelsTabs({ current }: { current: 'channels' | 'deliveries' }) {
  return (
    <TabBar label="Notifications">
      <TabLink {...paths.channels()} isCurrent={current === 'channels'}>
        Channels
      </TabLink>
      <TabLink {...paths.deliveries()} isCurrent={current === 'deliveries'}>
        Deliveries
      </TabLink>
    </TabBar>
  )
}
