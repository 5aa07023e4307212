import { join } from 'node:path'
import { systemClock } from '../base/clock.ts'
import { type Config, checkout } from '../base/config.ts'
import type { Logger } from '../base/log.ts'
import { connect, type Target } from '../postgres/connect.ts'
import { EmbeddedPostgres } from '../postgres/embedded.ts'
import { migrate } from '../postgres/migrate.ts'
import { ensurePartitions } from '../postgres/partitions.ts'
import { Refusal } from './refusal.ts'

export interface Database {
  readonly target: Target
  /** Stops the embedded server when it is ours; leaves any other alone. */
  stop(): Promise<void>
}

async function startEmbedded(config: Config, log: Logger): Promise<Database> {
  const server = new EmbeddedPostgres({ dataDir: config.dataDir, log })
  try {
    await server.start()
  } catch (error) {
    await server.stop()
    // The launcher speaks in sentences already.
    throw new Refusal((error as Error).message, error)
  }
  return { target: server.target, stop: () => server.stop() }
}

/** The database of DATABASE_URL (see `checkDatabase`), else the embedded one under the data directory. */
export async function openDatabase(config: Config, log: Logger): Promise<Database> {
  const { databaseUrl: url } = config
  if (url === undefined) return startEmbedded(config, log)
  return { target: { kind: 'url', url }, stop: async () => {} }
}

/** Migrations, then the partitions of this month and the next ones. Answers with the migrations that ran. */
export async function bringUpToDate(target: Target): Promise<string[]> {
  const ran = await migrate(target, join(checkout, 'api/migrations')).catch((error: Error) => {
    throw new Refusal(error.message, error)
  })
  const sql = connect(target, { max: 1, applicationName: 'stint-migrate' })
  try {
    await ensurePartitions(sql, systemClock.now())
  } finally {
    await sql.end({ timeout: 5 })
  }
  return ran
}
