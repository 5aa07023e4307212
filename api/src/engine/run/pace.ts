/** A rest between two writes of the same thing. What is asked for during a rest is done at its end: the last is never lost. */
export class Pace {
  readonly #everyMs: number
  readonly #write: () => void
  readonly #afterRest: () => void
  #writtenMs = performance.now()
  #timer: NodeJS.Timeout | undefined

  /** `afterRest` follows a write that nobody is there to send on: it was asked for earlier. */
  constructor(everyMs: number, write: () => void, afterRest: () => void) {
    this.#everyMs = everyMs
    this.#write = write
    this.#afterRest = afterRest
  }

  ask(): void {
    if (this.#timer !== undefined) return
    const restMs = this.#writtenMs + this.#everyMs - performance.now()
    if (restMs <= 0) return this.#go()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#go()
      this.#afterRest()
    }, restMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #go(): void {
    this.#writtenMs = performance.now()
    this.#write()
  }
}
