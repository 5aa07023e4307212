import { setTimeout as pause } from 'node:timers/promises'
import { limits } from '@stint/schema/limits'
import { backoffMs } from '../../base/backoff.ts'
import { isPassing } from '../exit.ts'
import type { LogReport, Report, Reporter } from './reporter.ts'

/** Collected for so long before they travel together. */
const gatherMs = 300
/** Kept while the server is away; older lines beyond that are lost, and it is said. */
const keptCharsMax = 4_000_000
const itemsMax = 500
const reportCharsMax = limits.requestBodyBytesMax / 4

/**
 * Sends log lines in order, several at a time, and keeps trying while the server is away. What it cannot send never stops the
 * work that is reported.
 */
export class LogSender {
  readonly #reporter: Reporter
  readonly #note: (text: string) => void
  #queue: LogReport[] = []
  #chars = 0
  #lost = 0
  #sending: Promise<void> | undefined
  #gaveUp = false
  #ending = false

  constructor(reporter: Reporter, note: (text: string) => void) {
    this.#reporter = reporter
    this.#note = note
  }

  push(item: LogReport): void {
    for (let at = 0; at < item.text.length; at += limits.outputChunkBytesMax / 4) {
      const text = item.text.slice(at, at + limits.outputChunkBytesMax / 4)
      this.#queue.push({ ...item, text })
      this.#chars += text.length
    }
    while (this.#chars > keptCharsMax) {
      this.#chars -= this.#queue.shift()?.text.length ?? 0
      this.#lost += 1
    }
    this.#sending ??= this.#sendAll()
  }

  /** Sends what is left, and a last report with it. False when the server could not be told within the time. */
  async end(last?: Report, withinMs = 30_000): Promise<boolean> {
    this.#ending = true
    const patience = new AbortController()
    const late = pause(withinMs, false, { signal: patience.signal }).catch(() => false)
    const done = (async () => {
      await this.#sending
      if (last !== undefined && !this.#gaveUp) await this.#sendOne(last)
      return !this.#gaveUp
    })()
    const result = await Promise.race([done, late])
    patience.abort()
    if (!result) this.#gaveUp = true
    return result
  }

  async #sendAll(): Promise<void> {
    if (!this.#ending) await pause(gatherMs)
    while (this.#queue.length > 0 && !this.#gaveUp) await this.#sendOne({ log: this.#take() })
    this.#sending = undefined
  }

  #take(): LogReport[] {
    const items: LogReport[] = []
    if (this.#lost > 0)
      items.push({ stream: 'log', text: `… ${this.#lost} pieces of output are missing here.\n` })
    this.#lost = 0
    for (let chars = 0; items.length < itemsMax && chars < reportCharsMax; ) {
      const item = this.#queue.shift()
      if (item === undefined) break
      items.push(item)
      chars += item.text.length
      this.#chars -= item.text.length
    }
    return items
  }

  async #sendOne(report: Report): Promise<void> {
    for (let tries = 1; !this.#gaveUp; tries++) {
      try {
        return await this.#reporter.send(report)
      } catch (error) {
        const passing = isPassing(error)
        if (tries === 1 || !passing) this.#note(`stint report: ${(error as Error).message}`)
        if (!passing) this.#gaveUp = true
        else await pause(backoffMs(tries, { firstMs: 500, maxMs: 10_000 }))
      }
    }
  }
}
