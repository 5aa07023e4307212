import { itemName } from '@stint/schema/template-name'

/**
 * Configuration items: what an installation tells its templates as `.config.ITEM`. They come from files, the environment and
 * plug-ins; templates read only those that an administrator has listed, and no value is ever shown: all count as secrets.
 * Names are compared as µTask does, see itemName.
 */

const namePattern = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/

export function isItemName(name: string): boolean {
  return name.length <= 200 && namePattern.test(name)
}

/** Taken: `.config.stint` says where this installation answers. */
export const ownItem = 'stint'

export interface ConfigurationItem {
  readonly name: string
  /** `environment`, `file`, or the name of a plug-in's source. */
  readonly source: string
  readonly value: unknown
  readonly updatedAt: Date | undefined
}

/** Items of one place; read again and again, so that a change reaches templates without a restart. */
export interface ConfigurationSource {
  readonly name: string
  /** The items by name, in any spelling. What it throws is told in the log, and the items read before stay. */
  read(): Promise<Readonly<Record<string, SourceItem>>>
}

export interface SourceItem {
  readonly value: unknown
  readonly updatedAt?: Date
}

/** The items that templates may read: names, or parts of them with `*`. Nothing is allowed that is not listed. */
export class AllowList {
  readonly #patterns: readonly RegExp[]

  constructor(entries: readonly string[]) {
    this.#patterns = entries.map((entry) => {
      const parts = itemName(entry).split('*')
      return new RegExp(`^${parts.map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&')).join('.*')}$`)
    })
  }

  allows(name: string): boolean {
    return name === ownItem || this.#patterns.some((pattern) => pattern.test(name))
  }
}

/** Words that say nothing: masking them would hide half of every text. */
const emptyWords = new Set(['true', 'false', 'null', 'none', 'default'])

/** Every text and number inside a value, as what must not be seen anywhere. */
export function secretsIn(value: unknown): string[] {
  if (typeof value === 'string') return value === '' || emptyWords.has(value.toLowerCase()) ? [] : [value]
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(secretsIn)
}
