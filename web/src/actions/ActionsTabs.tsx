import { paths } from '../client/paths.ts'
import { TabBar, TabLink } from '../kit/TabBar.tsx'

/** What steps can do: the actions of this installation, and the functions that are made of them. */
export function ActionsTabs({ current }: { current: 'actions' | 'functions' }) {
  return (
    <TabBar label="What steps can do">
      <TabLink {...paths.actions()} isCurrent={current === 'actions'}>
        Actions
      </TabLink>
      <TabLink {...paths.functions()} isCurrent={current === 'functions'}>
        Functions
      </TabLink>
    </TabBar>
  )
}
