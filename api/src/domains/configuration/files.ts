import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { itemName } from '@stint/schema/template-name'
import { isMissing } from '../../base/files.ts'
import type { Logger } from '../../base/log.ts'
import { type ConfigurationSource, isItemName, type SourceItem } from './model.ts'
import { itemBytesMax, itemValue } from './parse.ts'

/** Beside the items: the names that templates may read, a line for each, `#` for comments. */
const allowFile = '.allow'
const structuredEnding = /\.(?:ya?ml|json)$/i

interface ReadFile {
  readonly signature: string
  readonly item: SourceItem | undefined
}

/**
 * A folder with a file for each item: `site.yaml`, `token.json`, or any other name whose content is taken as it stands. A file that
 * cannot be used keeps the value that it had before and is told once.
 */
export class ConfigurationFolder implements ConfigurationSource {
  readonly name = 'file'
  readonly #path: string
  readonly #log: Logger
  #known = new Map<string, ReadFile>()
  #allowed: readonly string[] = []

  constructor(path: string, log: Logger) {
    this.#path = path
    this.#log = log
  }

  /** What the file `.allow` lists, as it was read last. */
  get allowed(): readonly string[] {
    return this.#allowed
  }

  async read(): Promise<Record<string, SourceItem>> {
    const names = await this.#names()
    const files = new Map<string, ReadFile>()
    for (const file of names.filter((name) => !name.startsWith('.'))) {
      const found = await this.#readFile(file)
      if (found !== undefined) files.set(file, found)
    }
    this.#known = files
    this.#allowed = names.includes(allowFile) ? await this.#readAllowed() : []
    const items: [string, SourceItem][] = []
    for (const [file, { item }] of files) if (item) items.push([file.replace(structuredEnding, ''), item])
    return Object.fromEntries(items)
  }

  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#path)).sort()
    } catch (error) {
      // Nobody has to configure anything.
      if (isMissing(error)) return []
      throw error
    }
  }

  async #readFile(file: string): Promise<ReadFile | undefined> {
    const path = join(this.#path, file)
    const before = this.#known.get(file)
    const facts = await stat(path).catch(() => undefined)
    if (facts === undefined || !facts.isFile()) return undefined
    const signature = `${facts.ino} ${facts.size} ${facts.mtimeMs} ${facts.ctimeMs}`
    if (before?.signature === signature) return before
    try {
      if (!isItemName(itemName(file.replace(structuredEnding, '')))) throw new Error('its name is no word')
      if (facts.size > itemBytesMax) throw new Error(`it has more than ${itemBytesMax} bytes`)
      const kind = structuredEnding.test(file) ? 'structured' : 'any'
      const value = itemValue(await readFile(path, 'utf8'), kind)
      return { signature, item: { value, updatedAt: facts.mtime } }
    } catch (error) {
      this.#log.warn({ file: path }, `configuration item not read: ${(error as Error).message}`)
      return { signature, item: before?.item }
    }
  }

  async #readAllowed(): Promise<string[]> {
    const text = await readFile(join(this.#path, allowFile), 'utf8')
    return text
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '')
  }
}
