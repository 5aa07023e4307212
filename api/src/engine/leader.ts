import { backoffMs } from '../base/backoff.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import { type AnySql, connect, type Target } from '../postgres/connect.ts'
import { holdsLeadership, tryLeadership } from './store/leader.ts'

export interface LeaderOptions {
  readonly target: Target
  readonly log: Logger
  /** Called when this process becomes the leader; what it returns is stopped when it no longer is. */
  lead(): Service
}

/** Seconds between tries to become the leader, and between proofs that we still are. */
const triesEverySeconds = 2

/**
 * One process of the cluster leads: it turns what is due into signals, declares silent executors dead and looks for what
 * fell through. The lead is an advisory lock of a session: it ends with the connection, whatever became of the process.
 */
export class Leader implements Service {
  readonly #options: LeaderOptions
  readonly #stop = new AbortController()
  #life: Promise<void> | undefined
  #isLeading = false

  constructor(options: LeaderOptions) {
    this.#options = options
  }

  get isLeading(): boolean {
    return this.#isLeading
  }

  async start(): Promise<void> {
    this.#life ??= this.#live()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#life
  }

  async #live(): Promise<void> {
    for (let tries = 1; !this.#stop.signal.aborted; tries++) {
      try {
        await this.#session()
        tries = 0
      } catch (error) {
        if (!this.#stop.signal.aborted)
          this.#options.log.warn({ err: error }, 'leadership lost or not reachable')
      }
      await this.#pause(backoffMs(tries + 1, { firstMs: 200, maxMs: 2000 }))
    }
  }

  /** One connection: wait for the lock, lead until it is lost. */
  async #session(): Promise<void> {
    const lost = Promise.withResolvers<never>()
    lost.promise.catch(() => {})
    const pool = connect(this.#options.target, {
      max: 1,
      applicationName: 'stint-leader',
      connectTimeoutSeconds: 5,
      onClose: () => lost.reject(new Error('the connection of the leader was closed')),
    })
    try {
      while (!this.#stop.signal.aborted) {
        if (await Promise.race([tryLeadership(pool), lost.promise])) {
          await this.#lead(pool, lost.promise)
          return
        }
        await this.#pause(triesEverySeconds * 1000)
      }
    } finally {
      await pool.end({ timeout: 0 }).catch(() => {})
    }
  }

  async #lead(sql: AnySql, lost: Promise<never>): Promise<void> {
    const work = this.#options.lead()
    this.#isLeading = true
    try {
      await work.start()
      while (!this.#stop.signal.aborted) {
        await this.#pause(triesEverySeconds * 1000)
        const holds = await Promise.race([holdsLeadership(sql), lost, this.#late()])
        if (!holds) return
      }
    } finally {
      this.#isLeading = false
      await work.stop()
    }
  }

  /** A connection that hangs half open must not leave two leaders for long. */
  async #late(): Promise<never> {
    await this.#pause(5000)
    throw new Error('the database did not answer the leader')
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stop
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      timer.unref()
      signal.addEventListener('abort', done)
    })
  }
}
