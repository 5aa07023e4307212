import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../../../base/config.ts'
import type { Plan, PlannedFile } from './plan.ts'

const folderOf: Record<PlannedFile['folder'], (config: Config) => string> = {
  templates: ({ dataDir }) => join(dataDir, 'templates'),
  functions: ({ dataDir }) => join(dataDir, 'functions'),
  scripts: ({ scriptsDir }) => scriptsDir,
  configuration: ({ configurationDir }) => configurationDir,
  data: ({ dataDir }) => dataDir,
}

export const environmentFile = 'stint.env'

/** What the server's environment must say, as a file that a shell or a service manager reads. */
export function planEnvironment(plan: Plan): void {
  if (plan.environment.size === 0) return
  const lines = [...plan.environment].map(([name, value]) => `${name}=${value}\n`)
  plan.files.push({ folder: 'data', name: environmentFile, content: Buffer.from(lines.join('')) })
  const names = [...plan.environment.keys()].join(', ')
  plan.journal.note(
    environmentFile,
    'person',
    `Give ${names} to the server’s environment, as this file says.`,
  )
}

/** Notes what stands in the way; with `force` nothing does. Writes unless it is only rehearsed. */
export function applyFiles(
  plan: Plan,
  config: Config,
  { force, dryRun }: { force: boolean; dryRun: boolean },
): void {
  for (const file of plan.files) {
    const path = join(folderOf[file.folder](config), file.name)
    const isThere = existsSync(path)
    if (isThere && readFileSync(path).equals(file.content)) continue
    if (isThere && !force) {
      const message = 'Another file of this name is there already and was left; --force replaces it.'
      plan.journal.note(join(file.folder, file.name), 'person', message)
    } else if (!dryRun) write(path, file)
  }
}

function write(path: string, { content, isSecret = false, isExecutable = false }: PlannedFile): void {
  mkdirSync(dirname(path), { recursive: true, mode: isSecret ? 0o700 : 0o755 })
  writeFileSync(path, content, { mode: isSecret ? 0o600 : 0o644 })
  // One that was there before keeps its mode otherwise.
  chmodSync(path, isSecret ? 0o600 : isExecutable ? 0o755 : 0o644)
}
