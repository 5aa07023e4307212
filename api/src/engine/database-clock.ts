import type { Clock } from '../base/clock.ts'

/** A jump larger than this is believed at once; smaller differences are mostly the time an answer took. */
const jumpMs = 1000

/** Our clock corrected to the database's, so that all executors write times of one clock. It never goes back. */
export class DatabaseClock {
  readonly #clock: Clock
  #offsetMs = 0
  #lastMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): Date {
    const ms = Math.max(this.#clock.now().getTime() + this.#offsetMs, this.#lastMs)
    this.#lastMs = ms
    return new Date(ms)
  }

  /** What the database said, just now. */
  heard(databaseNow: Date): void {
    const error = databaseNow.getTime() - this.#clock.now().getTime() - this.#offsetMs
    this.#offsetMs += error * (Math.abs(error) > jumpMs ? 1 : 0.05)
  }
}
