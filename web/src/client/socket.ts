import { createClient } from 'graphql-ws'
import type { SubscriptionForwarder } from 'urql'
import { connection } from './connection.ts'
import { callRest } from './rest.ts'

// Close codes after which graphql-ws gives up: not signed in, access ended, too many at once. Only the session itself
// tells whether that is for good; a server that has lost its database turns us away with the same code.
const refusals = new Set([4401, 4403, 4429])
const patientRetries = 4
const longestWaitMs = 5000

const socketUrl = () => `${location.protocol.replace('http', 'ws')}//${location.host}/graphql`

async function waitBeforeRetry(retries: number): Promise<void> {
  const base = Math.min(longestWaitMs, 250 * 2 ** retries)
  // Spread, so that a restarted server is not met by every open tab in the same instant.
  const waitMs = base * (0.75 + Math.random() / 2)
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      window.removeEventListener('online', done)
      window.removeEventListener('stint-retry', done)
      resolve()
    }
    const timer = setTimeout(done, waitMs)
    window.addEventListener('online', done)
    window.addEventListener('stint-retry', done)
  })
}

/** Ends the waiting before the next attempt to connect. */
export const retryNow = () => window.dispatchEvent(new Event('stint-retry'))

const codeOf = (error: unknown): number | undefined => (error as CloseEvent | undefined)?.code

let asking: Promise<boolean> | undefined

/** After the server turned us away: is our session over, or was it only busy? Asked once for all streams. */
function isSessionOver(): Promise<boolean> {
  asking ??= callRest<{ me: unknown }>('GET', '/api/session')
    .then(
      ({ me }) => me === null,
      () => false,
    )
    .finally(() => {
      asking = undefined
    })
  return asking
}

/** Where a stream stands: the number or token of the item it delivered last. */
function positionOf(data: Record<string, unknown> | null | undefined): unknown {
  const item = Object.values(data ?? {})[0] as { seq?: unknown; token?: unknown } | null | undefined
  return item?.seq ?? item?.token
}

/**
 * The one socket of this tab. A lost connection is taken up again without end, and every stream with a variable `after`
 * goes on behind the last item it delivered: graphql-ws prints the payload anew at each subscribe, so the variables are
 * kept up to date in place.
 */
export function openSocket(): { forward: SubscriptionForwarder; close: () => void } {
  const socket = createClient({
    url: socketUrl,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => !connection.get().isExpired,
    retryWait: waitBeforeRetry,
    keepAlive: 10_000,
    lazyCloseTimeout: 3_000,
    on: { connected: connection.opened, closed: connection.closed, message: connection.heard },
  })
  // The open socket came with the cookie of the session that ended; only a new one comes with the new cookie.
  let { renewals } = connection.get()
  const stopListening = connection.subscribe(() => {
    if (connection.get().renewals === renewals) return
    renewals = connection.get().renewals
    socket.terminate()
  })
  const close = () => {
    stopListening()
    void socket.dispose()
  }
  const forward: SubscriptionForwarder = (request) => ({
    subscribe(sink) {
      const variables: Record<string, unknown> = { ...request.variables }
      let isOver = false
      let unsubscribe = () => {}
      const fail = async (error: unknown) => {
        if (!refusals.has(codeOf(error) ?? 0)) return sink.error(error)
        if (await isSessionOver()) {
          connection.expire()
          return sink.error(error)
        }
        await waitBeforeRetry(patientRetries)
        if (!isOver) start()
      }
      const start = () => {
        unsubscribe = socket.subscribe<Record<string, unknown>>(
          { query: request.query ?? '', variables },
          {
            next(result) {
              if ('after' in variables) variables.after = positionOf(result.data) ?? variables.after
              sink.next(result as Parameters<typeof sink.next>[0])
            },
            error: (error) => void fail(error),
            complete: sink.complete.bind(sink),
          },
        )
      }
      start()
      return {
        unsubscribe() {
          isOver = true
          unsubscribe()
        },
      }
    },
  })
  return { forward, close }
}
