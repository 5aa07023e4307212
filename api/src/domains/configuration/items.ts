import { itemName } from '@stint/schema/template-name'
import type { Logger } from '../../base/log.ts'
import type { Service } from '../../base/service.ts'
import type { SharedSecrets } from '../../engine/run/mask.ts'
import { ConfigurationFolder } from './files.ts'
import {
  AllowList,
  type ConfigurationItem,
  type ConfigurationSource,
  isItemName,
  ownItem,
  secretsIn,
} from './model.ts'
import { itemValue } from './parse.ts'

export interface ConfigurationOptions {
  readonly log: Logger
  /** Text by name, from the environment. */
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  /** What the setting allows now. */
  allowed(): readonly string[]
  /** What `.config.stint` says. */
  own(): Readonly<Record<string, unknown>>
  /** Gets every value, allowed or not: a script or a plug-in may come by it in other ways. */
  readonly secrets: SharedSecrets
}

/** Files are looked at so often; a folder that a cluster mounts tells nobody when it changes. */
const lookEveryMs = 2000
const itemsMax = 10_000

/**
 * The configuration items of one process. Where sources have the same item, the environment wins, then files, then plug-ins in
 * the order of their registration.
 */
export class ConfigurationItems implements Service {
  /**
   * What templates read as `.config`: only allowed items, in any spelling of their names, each as it is at this moment.
   * A running task sees a change with the next text that is rendered.
   */
  readonly values: Record<string, unknown>
  readonly secrets: SharedSecrets
  readonly #options: ConfigurationOptions
  readonly #folder: ConfigurationFolder
  readonly #sources: ConfigurationSource[]
  readonly #read = new Map<ConfigurationSource, ReadonlyMap<string, ConfigurationItem>>()
  #items: ReadonlyMap<string, ConfigurationItem> = new Map()
  #allow = new AllowList([])
  #allowText = '[]'
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined

  constructor(options: ConfigurationOptions) {
    this.#options = options
    this.secrets = options.secrets
    this.#folder = new ConfigurationFolder(options.folder, options.log)
    this.#sources = [environmentSource(options), this.#folder]
    this.values = liveValues(
      (name) => this.#valueOf(name),
      () => this.names(),
    )
  }

  /** For plug-ins, before or after the start: a further place where items come from. */
  async addSource(source: ConfigurationSource): Promise<void> {
    this.#sources.push(source)
    await this.refresh()
  }

  async start(): Promise<void> {
    await this.refresh()
    this.#timer = setInterval(() => void this.refresh(), lookEveryMs)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  /** Looks at all sources now; one look at a time. */
  refresh(): Promise<void> {
    const look = (this.#looking ?? Promise.resolve()).then(() => this.#look())
    this.#looking = look
    return look
  }

  /** All items by name, with those that templates may not read. */
  all(): (ConfigurationItem & { readonly allowed: boolean })[] {
    const allow = this.#allowed()
    return [...this.#items.values()]
      .map((item) => ({ ...item, allowed: allow.allows(item.name) }))
      .sort((a, b) => a.name.localeCompare(b.name))
  }

  /** A single item, in any spelling of its name, whether or not templates may read it: for parts of this program, never for values. */
  find(name: string): unknown {
    return this.#items.get(itemName(name))?.value
  }

  /** The names that templates may read. */
  names(): string[] {
    const allow = this.#allowed()
    return [ownItem, ...[...this.#items.keys()].filter((name) => allow.allows(name))].sort()
  }

  #valueOf(name: string): unknown {
    if (name === ownItem) return this.#options.own()
    return this.#allowed().allows(name) ? this.#items.get(name)?.value : undefined
  }

  #allowed(): AllowList {
    const entries = [...this.#options.allowed(), ...this.#folder.allowed]
    const text = JSON.stringify(entries)
    if (text !== this.#allowText) {
      this.#allow = new AllowList(entries)
      this.#allowText = text
    }
    return this.#allow
  }

  async #look(): Promise<void> {
    const { log } = this.#options
    for (const source of this.#sources) {
      try {
        this.#read.set(source, itemsOf(source.name, await source.read()))
      } catch (error) {
        // The message of a plug-in may hold what it read.
        const why = source === this.#folder ? `: ${(error as Error).message}` : ''
        log.warn({ source: source.name }, `configuration items not read${why}`)
      }
    }
    const items = new Map<string, ConfigurationItem>()
    for (const source of this.#sources) {
      for (const item of this.#read.get(source)?.values() ?? []) {
        if (items.size < itemsMax && !items.has(item.name) && item.name !== ownItem)
          items.set(item.name, item)
      }
    }
    // Before anybody can read a value, all know to hide it.
    this.secrets.add([...items.values()].flatMap(({ value }) => secretsIn(value)))
    this.#items = items
  }
}

function environmentSource({ environment }: ConfigurationOptions): ConfigurationSource {
  const items = Object.entries(environment).map(([name, text]) => [name, { value: itemValue(text, 'any') }])
  return { name: 'environment', read: async () => Object.fromEntries(items) }
}

function itemsOf(
  source: string,
  read: Awaited<ReturnType<ConfigurationSource['read']>>,
): ReadonlyMap<string, ConfigurationItem> {
  const items = new Map<string, ConfigurationItem>()
  for (const [spelling, { value, updatedAt }] of Object.entries(read)) {
    const name = itemName(spelling)
    if (isItemName(name) && !items.has(name)) items.set(name, { name, source, value, updatedAt })
  }
  return items
}

/** An object whose own keys are asked for each time: it can be handed out once and never grows old. */
function liveValues(ask: (name: string) => unknown, names: () => readonly string[]): Record<string, unknown> {
  const read = (key: string | symbol) => (typeof key === 'string' ? ask(itemName(key)) : undefined)
  return new Proxy(Object.create(null) as Record<string, unknown>, {
    get: (_, key) => read(key),
    has: (_, key) => read(key) !== undefined,
    ownKeys: () => [...names()],
    getOwnPropertyDescriptor: (_, key) => {
      const value = read(key)
      return value === undefined
        ? undefined
        : { value, enumerable: true, configurable: true, writable: false }
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  })
}
