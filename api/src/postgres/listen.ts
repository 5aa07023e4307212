import { setTimeout as pause } from 'node:timers/promises'
import { backoffMs } from '../base/backoff.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import { connect, type Sql, type Target } from './connect.ts'

/** What our statements notify on. The payloads are said where they are made (postgres/announce.ts, access, settings). */
export const channels = {
  tasks: 'stint_tasks',
  signals: 'stint_signals',
  timers: 'stint_timers',
  fenced: 'stint_fenced',
  settings: 'stint_settings',
  notifications: 'stint_channels',
  access: 'stint_access',
} as const

export type Channel = (typeof channels)[keyof typeof channels]

export interface ListenerOptions {
  readonly target: Target
  readonly log: Logger
  /** How often the connection must prove that it is alive; also how long it may take for it. */
  readonly pingMs?: number
}

const reconnectBackoff = { firstMs: 50, maxMs: 5_000 }

function waitFor<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = pause(ms, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${ms} ms`)
  })
  return Promise.race([work, late])
}

/**
 * The one LISTEN connection of a process. What is notified while it is cut is lost, so whoever keeps a picture in
 * memory reads it again in `onReconnect`. A connection that hangs half open is found out by asking it regularly.
 */
export class Listener implements Service {
  readonly #options: ListenerOptions
  readonly #handlers = new Map<Channel, Set<(payload: string) => void>>()
  readonly #reconnectHandlers = new Set<() => void>()
  #stop = new AbortController()
  #life: Promise<void> | undefined
  #ready: Promise<void> | undefined
  #subscribedOnce = false
  #connected = false

  constructor(options: ListenerOptions) {
    this.#options = options
  }

  /** True while notifications arrive. */
  get connected(): boolean {
    return this.#connected
  }

  /** Calls `handler` for each notification, in their order; returns how to end that. */
  on(channel: Channel, handler: (payload: string) => void): () => void {
    const handlers = this.#handlers.get(channel) ?? new Set()
    this.#handlers.set(channel, handlers.add(handler))
    return () => handlers.delete(handler)
  }

  /** Calls `handler` each time the connection stands again after it was lost. */
  onReconnect(handler: () => void): () => void {
    this.#reconnectHandlers.add(handler)
    return () => this.#reconnectHandlers.delete(handler)
  }

  /** Resolves when notifications arrive; tries until then. */
  start(): Promise<void> {
    this.#ready ??= new Promise((resolve) => {
      this.#stop = new AbortController()
      this.#life = this.#live(resolve)
    })
    return this.#ready
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#life
    this.#ready = undefined
  }

  async #live(onSubscribed: () => void): Promise<void> {
    const { signal } = this.#stop
    for (let tryNo = 1; !signal.aborted; tryNo++) {
      await this.#session(() => {
        tryNo = 1
        onSubscribed()
      }).catch((error: Error) => {
        if (!signal.aborted)
          this.#options.log.warn({ reason: error.message }, 'The listening connection was lost.')
      })
      this.#connected = false
      await pause(backoffMs(tryNo, reconnectBackoff), undefined, { signal }).catch(() => {})
    }
  }

  /** One connection, from its subscription to its end, which is always an error. */
  async #session(onSubscribed: () => void): Promise<never> {
    const lost = Promise.withResolvers<never>()
    lost.promise.catch(() => {})
    const end = () => lost.reject(new Error('stopped'))
    this.#stop.signal.addEventListener('abort', end)
    const sql = connect(this.#options.target, {
      max: 1,
      applicationName: 'stint-listen',
      onNotify: (channel, payload) => this.#deliver(channel as Channel, payload),
      onClose: () => lost.reject(new Error('connection closed')),
    })
    try {
      await Promise.race([this.#subscribe(sql, onSubscribed), lost.promise])
      return await Promise.race([this.#ping(sql), lost.promise])
    } finally {
      this.#stop.signal.removeEventListener('abort', end)
      await sql.end({ timeout: 0 }).catch(() => {})
    }
  }

  async #subscribe(sql: Sql, onSubscribed: () => void): Promise<void> {
    const statements = Object.values(channels).map((channel) => `listen ${channel}`)
    await waitFor(sql.unsafe(statements.join('; ')), this.#options.pingMs ?? 15_000)
    this.#connected = true
    onSubscribed()
    if (this.#subscribedOnce) for (const handler of this.#reconnectHandlers) this.#guard(handler)
    this.#subscribedOnce = true
  }

  async #ping(sql: Sql): Promise<never> {
    const { pingMs = 15_000 } = this.#options
    for (;;) {
      await pause(pingMs, undefined, { ref: false, signal: this.#stop.signal })
      await waitFor(sql`select 1`, pingMs)
    }
  }

  #deliver(channel: Channel, payload: string): void {
    for (const handler of this.#handlers.get(channel) ?? []) this.#guard(() => handler(payload))
  }

  /** An error of a handler must not reach the driver, which would cut the connection for it. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (err) {
      this.#options.log.error({ err }, 'A handler of notifications failed.')
    }
  }
}
