import {
  Button,
  Masthead as Frame,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
} from '@patternfly/react-core'
import BarsIcon from '@patternfly/react-icons/dist/esm/icons/bars-icon'
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon'
import { Link } from '@tanstack/react-router'
import { paths } from '../client/paths.ts'
import { Mark } from '../kit/Mark.tsx'
import { GlobalSearch } from './GlobalSearch.tsx'
import { showPalette } from './Palette.tsx'
import { ThemeMenu } from './ThemeMenu.tsx'
import { UserMenu } from './UserMenu.tsx'

interface MastheadProps {
  readonly isOpen: boolean
  readonly onToggle: () => void
}

export function Masthead({ isOpen, onToggle }: MastheadProps) {
  return (
    <Frame display={{ default: 'inline' }}>
      <MastheadMain>
        <MastheadToggle>
          <Button
            variant="plain"
            aria-label="Navigation"
            aria-expanded={isOpen}
            aria-controls="navigation"
            onClick={onToggle}
            icon={<BarsIcon />}
          />
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo
            component={(props: object) => <Link {...props} {...paths.home()} aria-label="Stint, dashboard" />}
          >
            <Mark />
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <div className="st-masthead">
          <GlobalSearch />
          <div className="st-masthead__tools">
            <span className="st-masthead__find">
              <Button
                variant="plain"
                aria-label="Go to a page, a template or a task"
                icon={<SearchIcon />}
                onClick={showPalette}
              />
            </span>
            <ThemeMenu />
            <UserMenu />
          </div>
        </div>
      </MastheadContent>
    </Frame>
  )
}
