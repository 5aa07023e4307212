import type { SignalRow } from '../store/signal.ts'

/** Signals of a task that were read and not applied yet. The mailbox is read more than once; each signal counts once. */
export class Inbox {
  #signals: SignalRow[] = []
  #lastId = 0n

  get isEmpty(): boolean {
    return this.#signals.length === 0
  }

  receive(signals: readonly SignalRow[]): void {
    for (const signal of signals) {
      const id = BigInt(signal.id)
      if (id <= this.#lastId) continue
      this.#lastId = id
      this.#signals.push(signal)
    }
  }

  take(): SignalRow[] {
    return this.#signals.splice(0)
  }
}
