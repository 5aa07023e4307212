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

const usage = `Usage: stint start | serve | work | migrate | dev | keys, on the machine of the server

  start     answers requests and runs tasks, with a database of its own unless DATABASE_URL names one
  serve     only answers requests
  work      only runs tasks; beside others, on any machine that reaches the database
  migrate   brings the database up to date and ends
  dev       start for whoever works on the code
  keys add | keys remove ID
            add a key to the key file, or take one out that nothing needs

Settings come from the environment, such as PORT and STINT_DATA_DIR: README, "Run it". Everything else: stint --help
`

/** A verb that starts something is not started by somebody who only wants to know what it does. */
function isAnswered(args: readonly string[]): boolean {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage)
    return true
  }
  if (args[0] === 'keys' || args.length < 2) return false
  fail(`"${args[0]}" takes no arguments, and there is ${JSON.stringify(args[1])}; stint ${args[0]} --help`)
  return true
}

async function main(name: string): Promise<void> {
  if (isAnswered(process.argv.slice(2))) return
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
