import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import type { Sql } from '../postgres/connect.ts'
import { beat, type ExecutorFigures } from './store/executor.ts'

/** Seconds between heartbeats; silence after which others may declare an executor dead; and after which it stops itself. */
export const heartbeatSeconds = 2
export const deadAfterSeconds = 10
export const fenceAfterSeconds = 8

export interface HeartbeatOptions {
  readonly sql: Sql
  readonly log: Logger
  readonly clock: Clock
  readonly executorId: string
  /** Told with every beat: nobody may wrap with a key that this process lacks. */
  keyIds(): readonly string[]
  /** Told with every beat, for those who look at executors. */
  figures(): ExecutorFigures
  /** After each confirmed beat; not alive: somebody told it to drain. */
  onBeat(isAlive: boolean): void
  /** Not confirmed for too long, or declared dead: stop everything now. */
  onDead(why: 'silent' | 'declared-dead'): void
}

/**
 * Says every two seconds that this executor lives, in database time. When the last confirmed beat is 8 s old by the
 * monotonic clock it fences itself, before others may take over after 10 s. A frozen process finds out the moment it
 * thaws: the check runs before anything else it had planned.
 */
export class Heartbeat implements Service {
  readonly #options: HeartbeatOptions
  #confirmedMs = 0
  #timer: NodeJS.Timeout | undefined
  #isBeating = false
  #isOver = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#confirmedMs = this.#options.clock.monotonicMs()
    this.#timer = setInterval(() => this.#tick(), heartbeatSeconds * 500)
  }

  async stop(): Promise<void> {
    this.#isOver = true
    clearInterval(this.#timer)
  }

  /** May this executor still start something? */
  get isConfirmed(): boolean {
    return !this.#isOver && this.#silentMs() < fenceAfterSeconds * 1000
  }

  #silentMs(): number {
    return this.#options.clock.monotonicMs() - this.#confirmedMs
  }

  #tick(): void {
    if (this.#isOver) return
    if (this.#silentMs() >= fenceAfterSeconds * 1000) return this.#die('silent')
    if (this.#isBeating || this.#silentMs() < heartbeatSeconds * 1000) return
    this.#isBeating = true
    void this.#beat().finally(() => {
      this.#isBeating = false
    })
  }

  async #beat(): Promise<void> {
    // The beat counts from when it was sent: the answer may have been on its way for long.
    const sentMs = this.#options.clock.monotonicMs()
    try {
      const { sql, executorId, keyIds, figures } = this.#options
      const state = await beat(sql, executorId, keyIds(), figures())
      if (this.#isOver) return
      if (!state) return this.#die('declared-dead')
      this.#confirmedMs = sentMs
      this.#options.onBeat(state === 'alive')
    } catch (error) {
      this.#options.log.warn({ err: error }, 'heartbeat not confirmed')
    }
  }

  #die(why: 'silent' | 'declared-dead'): void {
    this.#isOver = true
    clearInterval(this.#timer)
    this.#options.onDead(why)
  }
}
