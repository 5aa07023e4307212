import { graphql } from '../client/gql.ts'
import { useLive } from '../client/live.ts'
import { correctClock } from '../kit/clock.ts'

const ServerPulseSubscription = graphql(`
  subscription ServerPulse {
    server {
      version
      upSince
      now
      installation
      isEmpty
      maintenance {
        on
        message
        endsAt
        since
        by
      }
    }
  }
`)

/** Keeps the socket of this tab open and the page's clock right. Draws nothing. */
export function ServerPulse() {
  useLive(ServerPulseSubscription, {}, { onData: (data) => correctClock(data.server.now) })
  return null
}
