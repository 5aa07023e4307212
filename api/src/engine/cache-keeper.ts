import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import type { Sql } from '../postgres/connect.ts'
import { dropExpiredItems } from './store/cache.ts'

const sweepEveryMs = 60_000
const itemsPerSweep = 1000

/** Run by the leader: removes cached values whose time is over. Nobody reads them meanwhile, so it may be late. */
export class CacheKeeper implements Service {
  readonly #sql: Sql
  readonly #log: Logger
  #timer: NodeJS.Timeout | undefined
  #sweeping: Promise<unknown> = Promise.resolve()

  constructor({ sql, log }: { sql: Sql; log: Logger }) {
    this.#sql = sql
    this.#log = log
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => {
      this.#sweeping = this.sweep()
    }, sweepEveryMs)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sweeping
  }

  /** How many were removed. Never throws. */
  async sweep(): Promise<number> {
    let removed = 0
    try {
      for (;;) {
        const count = await dropExpiredItems(this.#sql, itemsPerSweep)
        removed += count
        if (count < itemsPerSweep) return removed
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'expired cache values not removed; trying again')
      return removed
    }
  }
}
