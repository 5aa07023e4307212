import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../base/config.ts'
import { newId } from '../base/ids.ts'
import { ensureSecretFile } from './keys.ts'

/** The name of this data directory for good: a start takes over at once what died under the same one. */
export function installationOf(dataDir: string): string {
  const path = join(dataDir, 'installation')
  ensureSecretFile(path, () => `${newId()}\n`)
  return readFileSync(path, 'utf8').trim()
}

export function versionOfProgram(): string {
  return JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).version
}
