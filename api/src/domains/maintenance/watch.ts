import { setTimeout as pause } from 'node:timers/promises'
import type { App } from '../../base/app.ts'
import { backoffMs } from '../../base/backoff.ts'
import type { Service } from '../../base/service.ts'
import type { Hold } from '../../engine/hold.ts'
import { channels, type Listener } from '../../postgres/listen.ts'
import { forgetMaintenance, readMaintenance } from './read.ts'

/** What is read again although nobody announced a change: an announcement can be lost only with its connection. */
const lookAgainMs = 10_000

/** Holds the engine of this process while there is maintenance. Knows after `start` whether there is. */
export class MaintenanceWatch implements Service, Hold {
  readonly exempt: ReadonlySet<string>
  readonly #app: App
  readonly #listener: Listener
  readonly #handlers = new Set<() => void>()
  #isOn = false
  #ends: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #again = false
  #isStopped = false

  /** Tasks of the exempt labels go on: the upkeep for which a maintenance is held. */
  constructor(app: App, listener: Listener, exempt: readonly string[] = []) {
    this.#app = app
    this.#listener = listener
    this.exempt = new Set(exempt)
  }

  get isOn(): boolean {
    return this.#isOn
  }

  onChange(then: () => void): () => void {
    this.#handlers.add(then)
    return () => this.#handlers.delete(then)
  }

  async start(): Promise<void> {
    const changed = (payload = 'maintenance') => {
      if (payload !== 'maintenance') return
      forgetMaintenance(this.#app)
      this.#look()
    }
    this.#ends = [this.#listener.on(channels.settings, changed), this.#listener.onReconnect(() => changed())]
    this.#timer = setInterval(() => changed(), lookAgainMs)
    this.#timer.unref()
    this.#isOn = (await readMaintenance(this.#app)) !== undefined
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    for (const end of this.#ends.splice(0)) end()
    await this.#looking
  }

  /** An answer under way may be older than the news: then it is asked for once more. */
  #look(): void {
    this.#again = true
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined
    })
  }

  async #lookOnce(): Promise<void> {
    for (let tries = 1; this.#again && !this.#isStopped; tries++) {
      this.#again = false
      try {
        this.#become((await readMaintenance(this.#app)) !== undefined)
      } catch (err) {
        this.#app.log.warn({ err }, 'Whether there is maintenance could not be read; trying again.')
        this.#again = true
        await pause(backoffMs(tries, { firstMs: 50, maxMs: 2_000 }), undefined, { ref: false })
      }
    }
  }

  #become(isOn: boolean): void {
    if (this.#isOn === isOn) return
    this.#isOn = isOn
    this.#app.log.info(isOn ? 'maintenance began: nothing new starts' : 'maintenance is over')
    for (const then of this.#handlers) then()
  }
}
