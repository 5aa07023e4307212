import { Nav, NavExpandable, NavItem, NavList, PageSidebar, PageSidebarBody } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { useMe } from '../client/session.ts'
import { useStored } from '../kit/useStored.ts'
import { AttentionCount } from './AttentionCount.tsx'
import { allowedEntries, type Entry, isOpenEntry, mainEntries, moreEntries } from './nav.ts'
import { Pulse } from './Pulse.tsx'

interface NavigationProps {
  readonly isOpen: boolean
  readonly pathname: string
  readonly onNavigate: () => void
}

export function Navigation({ isOpen, pathname, onNavigate }: NavigationProps) {
  const { permissions } = useMe()
  const [isMoreOpen, setMoreOpen] = useStored('stint.nav.more', true)
  const more = allowedEntries(moreEntries, permissions)
  const item = (entry: Entry) => (
    <Item key={entry.title} entry={entry} isOpen={isOpenEntry(entry, pathname)} onNavigate={onNavigate} />
  )
  return (
    <PageSidebar isSidebarOpen={isOpen} id="navigation">
      <PageSidebarBody isFilled>
        <Nav aria-label="Main">
          <NavList>
            {allowedEntries(mainEntries, permissions).map(item)}
            <NavExpandable
              title="More"
              isExpanded={isMoreOpen}
              isActive={more.some((entry) => isOpenEntry(entry, pathname))}
              onExpand={(_event, next) => setMoreOpen(next)}
            >
              {more.map(item)}
            </NavExpandable>
          </NavList>
        </Nav>
      </PageSidebarBody>
      <PageSidebarBody isFilled={false}>
        <Pulse />
      </PageSidebarBody>
    </PageSidebar>
  )
}

function Item({ entry, isOpen, onNavigate }: { entry: Entry; isOpen: boolean; onNavigate: () => void }) {
  return (
    <NavItem isActive={isOpen} onClick={onNavigate}>
      <Link to={entry.link.to} aria-current={isOpen ? 'page' : undefined}>
        {entry.title}
        {entry.counts === 'attention' && <AttentionCount />}
      </Link>
    </NavItem>
  )
}
