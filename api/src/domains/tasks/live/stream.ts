/**
 * What one subscriber pulls from. It holds no values of its own: `take` is asked for the next one each time the subscriber is
 * ready, so a slow subscriber costs no memory and simply sees less often. `poke` says that asking may be worth it again.
 * Written by hand because an async generator that waits inside cannot be ended from outside before its wait is over.
 */
export class Stream<T> implements AsyncIterableIterator<T> {
  readonly #take: () => T | undefined | Promise<T | undefined>
  readonly #onEnd: () => void
  #wake: (() => void) | undefined
  #poked = false
  #ended = false
  #failure: unknown

  /** `undefined` from `take` means "nothing now"; whatever it throws ends the stream with that error. */
  constructor(take: () => T | undefined | Promise<T | undefined>, onEnd: () => void) {
    this.#take = take
    this.#onEnd = onEnd
  }

  get ended(): boolean {
    return this.#ended
  }

  poke(): void {
    this.#poked = true
    this.#wake?.()
  }

  /** Ends the stream from our side; with a failure the subscriber hears it as its last word. */
  end(failure?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = failure
    this.#onEnd()
    this.#wake?.()
  }

  async next(): Promise<IteratorResult<T>> {
    while (!this.#ended) {
      this.#poked = false
      const value = await this.#ask()
      if (value !== undefined && !this.#ended) return { done: false, value }
      if (!this.#ended && !this.#poked) await this.#pause()
    }
    return this.#last()
  }

  return(): Promise<IteratorResult<T>> {
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  throw(error: unknown): Promise<IteratorResult<T>> {
    this.end()
    return Promise.reject(error)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #ask(): Promise<T | undefined> {
    try {
      return await this.#take()
    } catch (error) {
      this.end(error)
      return undefined
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }

  #last(): IteratorResult<T> {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
    return { done: true, value: undefined }
  }
}
