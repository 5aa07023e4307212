import type { NotificationStrategy } from '@stint/schema/words'
import type { App } from '../../base/app.ts'
import type { KeyRing } from '../../engine/seal.ts'
import { channels, type Listener } from '../../postgres/listen.ts'
import { strategiesOf } from './configuration.ts'
import type { Strategies } from './model.ts'
import { openConfiguration } from './seal.ts'
import { findChannels, type SealedChannel } from './store.ts'

/** What is asked of a channel with every piece of news. */
export interface KnownChannel {
  readonly name: string
  readonly strategy: NotificationStrategy
  readonly strategies: Strategies
}

/**
 * The channels that tell anything, in memory: whether a flush has to be told on is decided without asking the database, and
 * with no channel at the cost of one comparison. Read again with every announced change and after a cut.
 */
export class ChannelBook {
  readonly #app: App
  readonly #keys: KeyRing
  #channels: readonly KnownChannel[] = []

  constructor(app: App, keys: KeyRing) {
    this.#app = app
    this.#keys = keys
  }

  get channels(): readonly KnownChannel[] {
    return this.#channels
  }

  async read(): Promise<void> {
    const rows = await findChannels(this.#app.sql)
    this.#channels = rows.filter(({ enabled }) => enabled).flatMap((row) => this.#known(row))
  }

  /** Returns how to end it. */
  watch(listener: Listener): () => void {
    const changed = () => {
      this.read().catch((err) => this.#app.log.warn({ err }, 'The channels could not be read again.'))
    }
    const ends = [listener.on(channels.notifications, changed), listener.onReconnect(changed)]
    return () => {
      for (const end of ends) end()
    }
  }

  /** A channel that cannot be opened must not silence the others. */
  #known(row: SealedChannel): KnownChannel[] {
    try {
      const strategies = strategiesOf(openConfiguration(this.#keys, row))
      return [{ name: row.name, strategy: row.strategy, strategies }]
    } catch (err) {
      this.#app.log.error({ err, channel: row.name }, 'A channel cannot be used.')
      return []
    }
  }
}
