import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { yamlFiles } from './files.ts'
import type { Service } from './service.ts'

/**
 * Tells when the `.yaml` files of folders, or of those below them, have changed. It looks now and then: folders that are mounted
 * or shared send no events. A set of files that is still being written is waited for: two looks must agree.
 */
export class FolderWatch implements Service {
  readonly #folders: readonly string[]
  readonly #onChange: () => Promise<void>
  readonly #everyMs: number
  #told = ''
  #seen = ''
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined

  constructor(folders: readonly string[], onChange: () => Promise<void>, everyMs = 2000) {
    this.#folders = folders
    this.#onChange = onChange
    this.#everyMs = everyMs
  }

  async start(): Promise<void> {
    this.#told = this.#seen = await this.#signature()
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined
      })
    }, this.#everyMs)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  async #look(): Promise<void> {
    const signature = await this.#signature()
    const isStill = signature === this.#seen
    this.#seen = signature
    if (!isStill || signature === this.#told) return
    this.#told = signature
    await this.#onChange()
  }

  async #signature(): Promise<string> {
    const lines = await Promise.all(this.#folders.map((folder) => signatureOf(folder)))
    return lines.join('\n')
  }
}

async function signatureOf(folder: string): Promise<string> {
  try {
    const lines: string[] = []
    for (const name of await yamlFiles(folder, true)) {
      const { ino, size, mtimeMs } = await stat(join(folder, name))
      lines.push(`${name} ${ino} ${size} ${mtimeMs}`)
    }
    return lines.join('\n')
  } catch {
    // Missing, or just being replaced: the next look will tell.
    return ''
  }
}
