import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.ts'
import { checkout, readConfig } from '../../src/base/config.ts'
import { createLog } from '../../src/base/log.ts'
import { connect, type Sql, type Target, withDatabase } from '../../src/postgres/connect.ts'
import { EmbeddedPostgres } from '../../src/postgres/embedded.ts'
import { migrate } from '../../src/postgres/migrate.ts'
import type { TestDatabase } from '../../src/testing/database.ts'

/** A PostgreSQL of its own, as `npm start` brings one up, that can be ill-treated. */
export interface FaultServer {
  /** A migrated database for one scenario. */
  createDatabase(name: string): Promise<TestDatabase>
  /** Stops at once, without a checkpoint, as if the power had gone; its supervisor starts it again. */
  crash(): void
  /** Makes every commit wait, as a slow disk would. */
  slowDown(commitMs: number): Promise<void>
  stop(): Promise<void>
}

const template = 'stint_fault_template'
const settings = { max_connections: '200', shared_buffers: '64MB' }

async function prepare(target: Target, sql: Sql): Promise<void> {
  await sql`create database ${sql(template)}`
  await migrate(withDatabase(target, template), join(checkout, 'api/migrations'))
}

export async function startServer(): Promise<FaultServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stint-faults-'))
  const postgres = new EmbeddedPostgres({
    dataDir,
    settings,
    log: createLog({ level: 'error', format: 'json' }),
  })
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  await postgres.start()
  const { target } = postgres
  const admin = connect(withDatabase(target, 'postgres'), { max: 1, applicationName: 'faults-admin' })
  await prepare(target, admin)
  return {
    async createDatabase(name) {
      await admin`create database ${admin(name)} template ${admin(template)}`
      const place = withDatabase(target, name)
      const sql = connect(place, { max: 5, applicationName: 'faults' })
      const log = createLog({ level: 'silent', format: 'json' })
      const app = { sql, log, clock: systemClock, config: readConfig({ STINT_DATA_DIR: dataDir }) }
      return { sql, target: place, app, close: () => sql.end({ timeout: 5 }) }
    },
    crash() {
      const [pid = ''] = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')
      execFileSync('kill', ['-QUIT', pid])
    },
    async slowDown(commitMs) {
      // Delays each commit while others are open; with 0 of them needed that is every commit.
      await admin.unsafe(`alter system set commit_siblings = 0`)
      await admin.unsafe(`alter system set commit_delay = ${Math.min(100_000, commitMs * 1000)}`)
      await admin`select pg_reload_conf()`
    },
    async stop() {
      await admin.end({ timeout: 5 })
      await postgres.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
