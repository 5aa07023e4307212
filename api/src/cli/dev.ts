import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Config, checkout } from '../base/config.ts'
import { createLog } from '../base/log.ts'
import { openDatabase } from './database.ts'
import { checkDataDir, checkPort } from './preflight.ts'
import { stopRequest } from './signals.ts'

function node(args: readonly string[], folder = '.', environment: Record<string, string> = {}): ChildProcess {
  const env = { ...process.env, ...environment }
  return spawn(process.execPath, args, { cwd: join(checkout, folder), env, stdio: 'inherit' })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/**
 * `npm run dev`: the database stays, the API starts again with every change of its sources, and Vite serves the page with
 * hot replacement on a port of its own. All of it ends with this process.
 */
export async function dev(config: Config): Promise<void> {
  const stop = stopRequest()
  await checkPort(config.host, config.port)
  checkDataDir(config.dataDir)
  const log = createLog({ level: config.logLevel, format: config.logFormat }, process.stderr)
  const database = await openDatabase(config, log)
  const watched = ['api/src', 'api/templates', 'schema/src'].map((path) => `--watch-path=${path}`)
  const api = node(['--watch-preserve-output', ...watched, 'api/src/cli/main.ts', 'api'])
  const address = { STINT_API: `http://${config.host}:${config.port}` }
  const page = node(['node_modules/vite/bin/vite.js', '--clearScreen', 'false'], 'web', address)
  await Promise.race([stop.asked, once(page, 'exit'), once(api, 'exit')])
  await Promise.all([end(api), end(page)])
  await database.stop()
}
