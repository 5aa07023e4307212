import { useQuery } from 'urql'
import { useConnection } from '../client/connection.ts'
import { graphql } from '../client/gql.ts'
import { useNow } from '../kit/clock.ts'
import { exactText, tickingText } from '../kit/time.ts'

const PulseQuery = graphql(`
  query Pulse {
    server {
      version
      upSince
      installation
    }
  }
`)

const words = { live: 'Live', lost: 'Connection lost', connecting: 'Connecting…' } as const

/** At the foot of the navigation: is what I see live, and since when does the server run? */
export function Pulse() {
  const { state } = useConnection()
  const [{ data }] = useQuery({ query: PulseQuery, requestPolicy: 'cache-first' })
  const now = useNow()
  return (
    <aside aria-label="Server" className={`st-pulse st-pulse--${state}`}>
      <span className="st-pulse__dot" aria-hidden="true" />
      <div>
        <div aria-live="polite">{words[state]}</div>
        {data && (
          <div className="st-quiet st-small" title={`Since ${exactText(data.server.upSince)}`}>
            {data.server.installation} · {data.server.version} · up{' '}
            {tickingText(now - new Date(data.server.upSince).getTime())}
          </div>
        )}
      </div>
    </aside>
  )
}
