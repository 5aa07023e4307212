import type { ExecutorRole } from '@stint/schema/words'
import { type Config, ConfigError, readConfig } from '../base/config.ts'
import { Refusal } from './refusal.ts'

type Verb = (config: Config) => Promise<void>

/** Loaded when asked for: a refused configuration is told before anything heavy is read. */
const verbs: Record<string, () => Promise<Verb>> = {
  start: async () => runAs(await import('./run.ts'), 'both'),
  // What `dev` starts: the page comes from Vite.
  api: async () => runAs(await import('./run.ts'), 'both', false),
  serve: async () => runAs(await import('./run.ts'), 'serve'),
  work: async () => runAs(await import('./run.ts'), 'work'),
  dev: async () => (await import('./dev.ts')).dev,
  migrate: async () => (await import('./migrate.ts')).migrateOnly,
  // Those that touch the key file; the others are the command line's.
  keys: async () => (await import('./keys-verbs.ts')).keysVerb(process.argv.slice(3)),
}

function runAs({ run }: typeof import('./run.ts'), role: ExecutorRole, withPage = true): Verb {
  return (config) => run(config, role, withPage)
}

function fail(text: string): void {
  process.stderr.write(`stint: ${text}\n`)
  process.exitCode = 1
}

async function main(name: string): Promise<void> {
  const load = verbs[name]
  if (load === undefined)
    return fail(`unknown verb ${JSON.stringify(name)}; there are: ${Object.keys(verbs).join(', ')}`)
  try {
    const verb = await load()
    await verb(readConfig())
  } catch (error) {
    if (error instanceof ConfigError || error instanceof Refusal) return fail(error.message)
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

await main(process.argv[2] ?? 'start')
// Nothing that was left open by a failed start may keep the process.
process.stdout.write('', () => process.exit())
