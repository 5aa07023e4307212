import { Banner } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { paths } from '../client/paths.ts'
import { useMe } from '../client/session.ts'

/** For those whose password was chosen by somebody else: until they have one of their own. */
export function PasswordNotice({ pathname }: { pathname: string }) {
  const { passwordExpired } = useMe()
  if (!passwordExpired || pathname === paths.password().to) return null
  return (
    <Banner status="warning" className="st-banner" screenReaderText="Warning">
      Your password was chosen by somebody else. <Link {...paths.password()}>Choose one of your own</Link>
    </Banner>
  )
}
