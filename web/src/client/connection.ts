import { useSyncExternalStore } from 'react'

/**
 * The state of the one socket of this tab, as the page draws it.
 * `generation` rises with every connection after the first: whoever loaded data before a gap loads it again.
 */
export interface Connection {
  readonly state: 'connecting' | 'live' | 'lost'
  readonly generation: number
  /** Rises when a person signed in again: subscriptions that the server ended start anew. */
  readonly renewals: number
  /** The server no longer knows our session; the shell asks the person to sign in again over the page as it stands. */
  readonly isExpired: boolean
  /** When the last message or connection was heard, by this machine's clock. */
  readonly heardAt: number
  readonly lostAt: number | undefined
}

type Listener = () => void

let current: Connection = {
  state: 'connecting',
  generation: 0,
  renewals: 0,
  isExpired: false,
  heardAt: Date.now(),
  lostAt: undefined,
}
const listeners = new Set<Listener>()

function change(next: Partial<Connection>) {
  current = { ...current, ...next }
  for (const listener of listeners) listener()
}

/** What client/live.ts reports and components read through useConnection. */
export const connection = {
  get: () => current,
  subscribe(listener: Listener): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  opened() {
    change({ state: 'live', generation: current.generation + 1, heardAt: Date.now(), lostAt: undefined })
  },
  closed() {
    if (current.state === 'lost') return
    change({ state: 'lost', lostAt: Date.now() })
  },
  // No listener is told: this happens with every message, and only the banner of a lost connection reads it.
  heard() {
    current = { ...current, heardAt: Date.now() }
  },
  expire() {
    if (!current.isExpired) change({ isExpired: true })
  },
  renewed() {
    change({ isExpired: false, renewals: current.renewals + 1, generation: current.generation + 1 })
  },
}

/** The connection as it is now; the component draws again when it changes. */
export const useConnection = (): Connection => useSyncExternalStore(connection.subscribe, connection.get)

/** Rises whenever data loaded before may be old: after a gap in the connection, after signing in again. */
export const useGeneration = (): number =>
  useSyncExternalStore(connection.subscribe, () => current.generation)
