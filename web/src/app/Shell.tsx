import './shell.css'
import { Page, SkipToContent } from '@patternfly/react-core'
import { getRouteApi, Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Provider } from 'urql'
import { SessionContext } from '../client/session.ts'
import { useMedia, wide } from '../kit/useMedia.ts'
import { ConnectionBanner } from './ConnectionBanner.tsx'
import { Keys } from './Keys.tsx'
import { MaintenanceBanner } from './MaintenanceBanner.tsx'
import { Masthead } from './Masthead.tsx'
import { Navigation } from './Navigation.tsx'
import { Palette } from './Palette.tsx'
import { PasswordNotice } from './PasswordNotice.tsx'
import { ServerPulse } from './ServerPulse.tsx'
import { SessionExpired } from './SessionExpired.tsx'

const route = getRouteApi('/signed-in')

/** What surrounds every page of a signed-in person: one GraphQL client, one socket, masthead and navigation. */
export function Shell() {
  const { me, client } = route.useRouteContext()
  return (
    <SessionContext value={me}>
      <Provider value={client}>
        <ServerPulse />
        <Keys />
        <Palette />
        <SessionExpired />
        <Frame />
      </Provider>
    </SessionContext>
  )
}

function Frame() {
  const isWide = useMedia(wide)
  const [isOpenWide, setOpenWide] = useState(true)
  const [isOpenNarrow, setOpenNarrow] = useState(false)
  const { pathname } = useLocation()
  useFocusOnArrival(pathname)
  const toggle = () => (isWide ? setOpenWide(!isOpenWide) : setOpenNarrow(!isOpenNarrow))
  const isOpen = isWide ? isOpenWide : isOpenNarrow
  return (
    <Page
      masthead={<Masthead isOpen={isOpen} onToggle={toggle} />}
      sidebar={<Navigation isOpen={isOpen} pathname={pathname} onNavigate={() => setOpenNarrow(false)} />}
      skipToContent={<SkipToContent href="#main">Skip to the page</SkipToContent>}
      mainContainerId="main"
      mainTabIndex={-1}
      isContentFilled
    >
      <ConnectionBanner />
      <MaintenanceBanner />
      <PasswordNotice pathname={pathname} />
      <Outlet />
    </Page>
  )
}

// Without a real page load, those who listen or use the keyboard would stay where the link was.
function useFocusOnArrival(pathname: string) {
  const seen = useRef(pathname)
  useEffect(() => {
    if (seen.current === pathname) return
    seen.current = pathname
    document.getElementById('main')?.focus({ preventScroll: true })
  }, [pathname])
}
