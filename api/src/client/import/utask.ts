import { runOffline } from '../offline.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ImportOptions {
  readonly dryRun?: boolean
  readonly force?: boolean
  readonly allowPrivate?: boolean
  readonly keepPasswords?: boolean
  readonly passwordFile?: string
  readonly configuration?: readonly string[]
}

/** Needs no server, but its data directory and database. */
export function importUtask(terminal: Terminal, folder: string, options: ImportOptions) {
  const format = terminal.isJson ? 'json' : 'text'
  return runOffline('import-utask', { ...options, folder, format })
}
