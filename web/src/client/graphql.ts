import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql'
import { cache } from './cache.ts'
import { connection } from './connection.ts'
import { NewestTasks } from './newest.ts'
import { problemOf } from './problems.ts'
import { ownHeaders } from './rest.ts'
import { openSocket } from './socket.ts'

const sessionEnded = new Set(['unauthenticated', 'session-expired'])

function openClient(): { client: Client; close: () => void } {
  const socket = openSocket()
  const newest = new NewestTasks((operation) => {
    client.reexecuteOperation({
      ...operation,
      context: { ...operation.context, requestPolicy: 'network-only' },
    })
  })
  const client: Client = new Client({
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
      mapExchange({ onResult: (result) => ({ ...result, data: newest.keep(result) }) }),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: socket.forward }),
    ],
  })
  return { client, close: socket.close }
}

let held: (ReturnType<typeof openClient> & { userId: string }) | undefined

/**
 * The one GraphQL client of this tab, with its one socket. Another person gets another client: nothing of the cache may
 * be seen by whoever signs in next.
 */
export function clientOf(userId: string): Client {
  if (held?.userId === userId) return held.client
  held?.close()
  held = { userId, ...openClient() }
  return held.client
}
