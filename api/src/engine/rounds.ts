import type { Service } from '../base/service.ts'

/** Does something again and again, by itself: never twice at once, and not for the sake of a process that has nothing else to do. */
export class Rounds implements Service {
  readonly #firstMs: number
  readonly #round: () => Promise<number>
  #timer: NodeJS.Timeout | undefined
  #going: Promise<unknown> = Promise.resolve()
  #isStopped = false

  /** `round` must not throw; it tells in how many milliseconds the next one begins. */
  constructor(firstMs: number, round: () => Promise<number>) {
    this.#firstMs = firstMs
    this.#round = round
  }

  async start(): Promise<void> {
    this.#after(this.#firstMs)
  }

  /** Resolves when the round that is under way is over. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#going
  }

  #after(ms: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#going = this.#round().then((nextMs) => this.#after(nextMs))
    }, ms)
    this.#timer.unref()
  }
}
