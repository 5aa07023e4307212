import { Banner, Button } from '@patternfly/react-core'
import UnpluggedIcon from '@patternfly/react-icons/dist/esm/icons/unplugged-icon'
import { useConnection } from '../client/connection.ts'
import { retryNow } from '../client/socket.ts'
import { useNow } from '../kit/clock.ts'
import { clockText, tickingText } from '../kit/time.ts'

// A server that is restarted by hand is back before this: a banner would only flash.
const patienceMs = 2000

/** Over the page while the connection is lost: what you see is as old as this. */
export function ConnectionBanner() {
  const { state, lostAt, heardAt, isExpired } = useConnection()
  useNow(state !== 'lost')
  const isShown = state === 'lost' && lostAt !== undefined && Date.now() - lostAt > patienceMs && !isExpired
  return (
    <div aria-live="polite">
      {isShown && (
        <Banner status="warning" className="st-banner" screenReaderText="Warning">
          <UnpluggedIcon /> Connection lost. What you see is from {clockText(heardAt)},{' '}
          {tickingText(Date.now() - heardAt)} ago.{' '}
          <Button variant="link" isInline onClick={retryNow}>
            Try now
          </Button>
        </Banner>
      )}
    </div>
  )
}
