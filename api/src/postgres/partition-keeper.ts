import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import type { Sql } from './connect.ts'
import { ensurePartitions } from './partitions.ts'

export interface PartitionKeeperOptions {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Logger
  readonly everyMs?: number
}

/**
 * Makes the months ahead while a process runs for months. Every process may do so, none must: what is there already costs
 * one question, and rows of a month that is missing go to the default partition.
 */
export class PartitionKeeper implements Service {
  readonly #options: PartitionKeeperOptions
  #timer: NodeJS.Timeout | undefined
  #working: Promise<void> = Promise.resolve()

  constructor(options: PartitionKeeperOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    if (this.#timer !== undefined) return
    this.#timer = setInterval(
      () => {
        this.#working = this.#work()
      },
      this.#options.everyMs ?? 6 * 3_600_000,
    )
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#working
  }

  async #work(): Promise<void> {
    const { sql, clock, log } = this.#options
    try {
      const made = await ensurePartitions(sql, clock.now())
      if (made.length > 0) log.info({ made }, 'partitions made ahead')
    } catch (err) {
      log.warn({ err }, 'The partitions ahead could not be made; trying again later.')
    }
  }
}
