import type { ExecutorRole } from '@stint/schema/words'
import type { Config } from '../base/config.ts'
import { createLog, type Logger } from '../base/log.ts'
import { startAll, stopAll } from '../base/service.ts'
import { ensureFirstAdmin, type FirstAdmin } from '../domains/access/first-admin.ts'
import { mintSignInLink } from '../domains/access/sessions.ts'
import { PartitionKeeper } from '../postgres/partition-keeper.ts'
import { surviveDriverErrors } from '../postgres/survive.ts'
import { assemble } from './assemble.ts'
import { buildPage } from './build-page.ts'
import { bringUpToDate, type Database, openDatabase } from './database.ts'
import { loadAllFolders, watchFolders } from './folders.ts'
import { checkDatabase, checkDataDir, checkPort } from './preflight.ts'
import { openDoors } from './serve.ts'
import { stopRequest } from './signals.ts'

function say(text: string): void {
  process.stderr.write(`stint: ${text}\n`)
}

/** What a person who starts it needs to know, on standard output; the log goes to standard error. */
function greet(origin: string, link: string | undefined, admin: FirstAdmin | undefined): void {
  const lines = ['', `  Stint is ready: ${origin}`]
  if (link !== undefined) lines.push('', `  Sign in once:   ${link}`)
  if (admin?.password !== undefined) {
    lines.push(
      '',
      `  First admin:    ${admin.name}`,
      `  Password:       ${admin.password}   (shown only now)`,
    )
  }
  process.stdout.write(`${lines.join('\n')}\n\n`)
}

async function prepare(
  config: Config,
  role: ExecutorRole,
  withPage: boolean,
  log: Logger,
): Promise<Database> {
  if (role !== 'work') await checkPort(config.host, config.port)
  checkDataDir(config.dataDir)
  if (config.databaseUrl !== undefined) await checkDatabase(config.databaseUrl)
  const page = role !== 'work' && withPage ? buildPage(say) : Promise.resolve(false)
  page.catch(() => {}) // Told below; the database must be stopped first.
  const database = await openDatabase(config, log)
  try {
    const ran = await bringUpToDate(database.target)
    if (ran.length > 0) say(`migrated the database (${ran.length})`)
    await page
    return database
  } catch (error) {
    await database.stop()
    throw error
  }
}

async function serveUntilAsked(
  config: Config,
  role: ExecutorRole,
  log: Logger,
  database: Database,
): Promise<void> {
  const stop = stopRequest()
  const assembly = await assemble(config, database.target, log, role)
  const { app, engine, changes, listener, maintenance, ring, configuration } = assembly
  await configuration.start()
  const admin = role === 'work' ? undefined : await ensureFirstAdmin(app)
  if (role !== 'work') await loadAllFolders(assembly)
  await startAll([listener, maintenance, ring])
  const partitions = new PartitionKeeper(app)
  const folders = role === 'work' ? [] : [watchFolders(assembly)]
  const doors = role === 'work' ? undefined : openDoors(assembly)
  try {
    await engine.start()
    await startAll([changes, partitions, ...folders])
    await doors?.listen()
    if (doors === undefined) process.stdout.write('\n  Stint works.\n\n')
    else {
      assembly.own(doors.origins)
      greet(doors.origin, await mintSignInLink(app, doors.origin), admin)
    }
    log.info({ why: await stop.asked }, 'stopping')
  } finally {
    doors?.refuse()
    await engine.stop()
    await stopAll([changes, partitions, ...folders])
    await doors?.close()
    await stopAll([listener, maintenance, ring, configuration])
    await assembly.close()
  }
}

/** `start`, `serve` and `work`: from an empty machine to a running process, until somebody asks it to stop. */
export async function run(config: Config, role: ExecutorRole, withPage = true): Promise<void> {
  const log = createLog({ level: config.logLevel, format: config.logFormat }, process.stderr)
  surviveDriverErrors(log, (err) => {
    log.fatal({ err }, 'A bug ended this process.')
    process.exit(70)
  })
  const database = await prepare(config, role, withPage, log)
  try {
    await serveUntilAsked(config, role, log, database)
  } finally {
    await database.stop()
    log.info('stopped')
  }
}
