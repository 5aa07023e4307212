import { ConfigError } from '../base/config.ts'
import { PluginError } from '../plugins/load.ts'
import { Refusal } from './refusal.ts'

/**
 * Verbs of the command line that need no server but the engine's own code: `stint` starts this program for them and hands the
 * options over as JSON. They answer with the exit code.
 */
const verbs: Record<string, () => Promise<(options: never) => Promise<number>>> = {
  'template-lint': async () => (await import('./offline/lint.ts')).lintTemplates,
  'template-test': async () => (await import('./offline/test.ts')).testTemplates,
  'import-utask': async () => (await import('./offline/import-utask.ts')).importUtask,
  'function-lint': async () => (await import('./offline/lint.ts')).lintFunctions,
}

const refused = 2

async function main(name: string, options: string): Promise<number> {
  const verb = await verbs[name]?.()
  if (verb === undefined) throw new Refusal(`There is no verb ${JSON.stringify(name)}.`)
  return verb(JSON.parse(options) as never)
}

try {
  process.exitCode = await main(process.argv[2] ?? '', process.argv[3] ?? '{}')
} catch (error) {
  const isPlain = error instanceof Refusal || error instanceof ConfigError || error instanceof PluginError
  const text = isPlain
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error)
  process.stderr.write(`error: ${text}\n`)
  process.exitCode = isPlain ? refused : 1
}
// Threads and timers that were left behind must not keep the process.
for (const stream of [process.stdout, process.stderr])
  await new Promise<void>((done) => stream.write('', () => done()))
process.exit()
