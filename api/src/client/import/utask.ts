import { runOffline } from '../offline.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ImportOptions {
  readonly dryRun?: boolean
  readonly force?: boolean
  readonly configuration?: readonly string[]
}

/** Needs no server, but its data directory and database. */
export function importUtask(
  terminal: Terminal,
  folder: string,
  { dryRun, force, configuration }: ImportOptions,
) {
  const format = terminal.isJson ? 'json' : 'text'
  return runOffline('import-utask', { folder, format, dryRun, force, configuration })
}
