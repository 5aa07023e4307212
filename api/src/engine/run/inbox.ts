import type { SignalRow } from '../store/signal.ts'

/** Signals are deleted when they are applied: a reading that is this far behind does not exist. */
const rememberedMax = 10_000

/**
 * Signals of a task that were read and not applied yet. The mailbox is read more than once; each signal counts once. Numbers are
 * drawn before the commit, so a later one may be seen first: remembering the highest lost the other for ever.
 */
export class Inbox {
  #signals: SignalRow[] = []
  readonly #seen = new Set<bigint>()

  get isEmpty(): boolean {
    return this.#signals.length === 0
  }

  receive(signals: readonly SignalRow[]): void {
    for (const signal of signals) {
      const id = BigInt(signal.id)
      if (this.#seen.has(id)) continue
      this.#seen.add(id)
      this.#signals.push(signal)
    }
    for (const oldest of this.#seen) {
      if (this.#seen.size <= rememberedMax) break
      this.#seen.delete(oldest)
    }
  }

  take(): SignalRow[] {
    return this.#signals.splice(0)
  }
}
