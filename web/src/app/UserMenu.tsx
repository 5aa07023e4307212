import {
  Divider,
  Dropdown,
  DropdownGroup,
  DropdownItem,
  DropdownList,
  MenuToggle,
} from '@patternfly/react-core'
import UserIcon from '@patternfly/react-icons/dist/esm/icons/user-icon'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { paths } from '../client/paths.ts'
import { signOut, useMe } from '../client/session.ts'
import { inMasthead } from '../kit/menuPlace.ts'
import { phone, useMedia } from '../kit/useMedia.ts'
import { showKeys } from './Keys.tsx'

// The whole page is left behind: cache, socket and drafts in memory belong to the person who leaves.
async function leave() {
  await signOut().catch(() => undefined)
  location.assign('/sign-in')
}

export function UserMenu() {
  const me = useMe()
  const navigate = useNavigate()
  const isPhone = useMedia(phone)
  const [isOpen, setOpen] = useState(false)
  return (
    <Dropdown
      className="st-menu"
      isOpen={isOpen}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: 'right', appendTo: inMasthead }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant={isPhone ? 'plain' : 'plainText'}
          icon={<UserIcon />}
          aria-label={`Account of ${me.name}`}
          isExpanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isPhone ? undefined : me.name}
        </MenuToggle>
      )}
    >
      <DropdownGroup
        label={`${me.fullName ?? me.name} · ${me.roles.join(', ') || 'no role'}`}
        labelHeadingLevel="h2"
      >
        <DropdownList>
          <DropdownItem onClick={() => navigate(paths.tokens())}>My API tokens</DropdownItem>
          <DropdownItem onClick={() => navigate(paths.password())}>Change password</DropdownItem>
          <DropdownItem onClick={() => navigate(paths.start())}>First ten minutes</DropdownItem>
          <DropdownItem onClick={showKeys}>Keyboard shortcuts</DropdownItem>
        </DropdownList>
      </DropdownGroup>
      <Divider />
      <DropdownList>
        <DropdownItem onClick={leave}>Sign out</DropdownItem>
      </DropdownList>
    </Dropdown>
  )
}
