import type { Config } from '../base/config.ts'
import { createLog } from '../base/log.ts'
import { bringUpToDate, openDatabase } from './database.ts'
import { checkDatabase, checkDataDir } from './preflight.ts'

/** `stint migrate`: for those who migrate before they start the new version. */
export async function migrateOnly(config: Config): Promise<void> {
  if (config.databaseUrl === undefined) checkDataDir(config.dataDir)
  else await checkDatabase(config.databaseUrl)
  const log = createLog({ level: config.logLevel, format: config.logFormat }, process.stderr)
  const database = await openDatabase(config, log)
  try {
    const ran = await bringUpToDate(database.target)
    console.log(ran.length === 0 ? 'The database is up to date.' : `Migrated: ${ran.join(', ')}`)
  } finally {
    await database.stop()
  }
}
