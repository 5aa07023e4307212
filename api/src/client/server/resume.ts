import { setTimeout as pause } from 'node:timers/promises'
import { backoffMs } from '../../base/backoff.ts'
import { isPassing } from '../exit.ts'

/** A server that is away for longer is not just being restarted. */
const outageMaxMs = 120_000

export interface ResumeOptions {
  readonly signal: AbortSignal
  readonly onCut: (message: string) => void
}

/** Decides after each failure whether to try again, and waits a little longer each time. */
class Outage {
  readonly #options: ResumeOptions
  #failures = 0
  #startMs = 0

  constructor(options: ResumeOptions) {
    this.#options = options
  }

  over(): void {
    this.#failures = 0
  }

  /** Resolves when it is time to try again; throws what is no outage, or has lasted too long. */
  async wait(error: unknown): Promise<void> {
    const { signal, onCut } = this.#options
    const nowMs = performance.now()
    if (this.#failures === 0) this.#startMs = nowMs
    const isCut = isPassing(error)
    if (!isCut || nowMs - this.#startMs > outageMaxMs) throw error
    if (this.#failures === 0) onCut(`${error.message}; trying again`)
    this.#failures += 1
    await pause(backoffMs(this.#failures, { firstMs: 250, maxMs: 5000 }), undefined, { signal }).catch(
      () => {},
    )
  }
}

/**
 * A stream that survives cut connections: `open` is called again and is to go on behind what was already given. Ends with the
 * stream, or quietly when the signal aborts; throws when the server stays away for two minutes.
 */
export async function* resuming<T>(open: () => AsyncGenerator<T>, options: ResumeOptions): AsyncGenerator<T> {
  const outage = new Outage(options)
  while (!options.signal.aborted) {
    try {
      for await (const item of open()) {
        outage.over()
        yield item
      }
      return
    } catch (error) {
      if (options.signal.aborted) return
      await outage.wait(error)
    }
  }
}

/** The answer to a question that is asked again while the server is away; throws when the signal aborts meanwhile. */
export async function persistently<T>(ask: () => Promise<T>, options: ResumeOptions): Promise<T> {
  const outage = new Outage(options)
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (options.signal.aborted) throw error
      await outage.wait(error)
    }
  }
}
