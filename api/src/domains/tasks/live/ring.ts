import type { Clock } from '../../../base/clock.ts'

interface Beat {
  readonly n: number
  readonly ids: readonly string[]
  readonly atMs: number
}

/** How long a subscriber may be away and still catch up. */
const keepMs = 60_000
/** Ids kept at most; under a heavy load the ring is shorter than a minute and says so by a resync. */
const idsMax = 50_000

/**
 * What this process heard in the last minute, numbered by itself: with several executors no number made by them would become
 * visible in order, while one process hears everything in the order of the commits. So a token is (process, number), and
 * a token of another process, of before a cut or of more than a minute ago has no meaning here.
 */
export class ChangeRing {
  readonly #process: string
  readonly #clock: Clock
  readonly #beats: Beat[] = []
  #ids = 0
  #n = 0
  /** Everything after this number is known. */
  #from = 0

  constructor(process: string, clock: Clock) {
    this.#process = process
    this.#clock = clock
  }

  /** The number of what was heard last. */
  get n(): number {
    return this.#n
  }

  /** Takes what was heard together; answers its number. */
  add(ids: readonly string[]): number {
    this.#n += 1
    this.#beats.push({ n: this.#n, ids, atMs: this.#clock.monotonicMs() })
    this.#ids += ids.length
    this.#forget()
    return this.#n
  }

  /** Something was missed: no token given so far can be resumed. */
  cut(): void {
    this.#n += 1
    this.#from = this.#n
    this.#beats.length = 0
    this.#ids = 0
  }

  tokenOf(n: number): string {
    return `${this.#process}.${n}`
  }

  /** The number in a token of this process. */
  numberOf(token: string): number | undefined {
    const [process, text = '', more] = token.split('.')
    return process === this.#process && more === undefined && /^\d{1,15}$/.test(text)
      ? Number(text)
      : undefined
  }

  /** Distinct ids heard after a token, in the order of their last change; `undefined` when that cannot be said any more. */
  since(token: string): string[] | undefined {
    this.#forget()
    const n = this.numberOf(token)
    if (n === undefined || n < this.#from || n > this.#n) return undefined
    const ids = this.#beats.filter((beat) => beat.n > n).flatMap((beat) => beat.ids)
    return [...new Set(ids.toReversed())].reverse()
  }

  #forget(): void {
    const oldestMs = this.#clock.monotonicMs() - keepMs
    let gone = 0
    for (const beat of this.#beats) {
      if (beat.atMs >= oldestMs && this.#ids <= idsMax) break
      this.#from = beat.n
      this.#ids -= beat.ids.length
      gone += 1
    }
    this.#beats.splice(0, gone)
  }
}
