import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql'
import { cache } from './cache.ts'
import { connection } from './connection.ts'
import { problemOf } from './problems.ts'
import { ownHeaders } from './rest.ts'
import { openSocket } from './socket.ts'

const sessionEnded = new Set(['unauthenticated', 'session-expired'])

/** The one GraphQL client of a signed-in page, with the one socket of its tab. `close` ends both. */
export function openClient(): { client: Client; close: () => void } {
  const socket = openSocket()
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    fetchOptions: { headers: ownHeaders },
    exchanges: [
      mapExchange({
        onError(error) {
          if (sessionEnded.has(problemOf(error)?.code ?? '')) connection.expire()
        },
      }),
      cache(),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: socket.forward }),
    ],
  })
  return { client, close: socket.close }
}
