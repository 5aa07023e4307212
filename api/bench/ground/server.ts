import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.ts'
import { checkout } from '../../src/base/config.ts'
import { connect, type Sql, type Target, withDatabase } from '../../src/postgres/connect.ts'
import { EmbeddedPostgres } from '../../src/postgres/embedded.ts'
import { migrate } from '../../src/postgres/migrate.ts'
import { ensurePartitions } from '../../src/postgres/partitions.ts'
import { parentOf } from './cpu.ts'

/** A PostgreSQL as `npm start` brings it up, durable, migrated, on a folder that goes with it. */
export interface BenchServer {
  readonly sql: Sql
  readonly target: Target
  /** The server process: parent of all its backends. */
  readonly pid: number
  /** An empty database beside ours. */
  createDatabase(name: string): Promise<Target>
  stop(): Promise<void>
}

const settings = { shared_preload_libraries: 'pg_stat_statements' }

async function postmasterOf(sql: Sql): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`
    -- ownBackend
    select pg_backend_pid() as pid`
  return parentOf(row?.pid ?? 0)
}

export async function startServer(): Promise<BenchServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stint-bench-'))
  const postgres = new EmbeddedPostgres({ dataDir, settings })
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  await postgres.start()
  const { target } = postgres
  const sql = connect(target, { max: 5, applicationName: 'stint-bench' })
  await migrate(target, join(checkout, 'api/migrations'))
  await ensurePartitions(sql, systemClock.now())
  await sql`create extension pg_stat_statements`
  await track(sql, 'none')
  return {
    sql,
    target,
    pid: await postmasterOf(sql),
    createDatabase: async (name) => {
      await sql`create database ${sql(name)}`
      return withDatabase(target, name)
    },
    stop: async () => {
      await sql.end({ timeout: 5 })
      await postgres.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Statements are tracked only while they are counted: doing so all the time costs a few per cent. */
async function track(sql: Sql, what: 'none' | 'top'): Promise<void> {
  await sql.unsafe(`alter system set pg_stat_statements.track = '${what}'`)
  await sql`select pg_reload_conf()`
}

/** How many statements a database was sent while `work` ran, `begin` and `commit` among them. */
export async function countStatements<T>(
  { sql }: BenchServer,
  database: string,
  work: () => Promise<T>,
): Promise<{ done: T; statements: number }> {
  await track(sql, 'top')
  await sql`select pg_stat_statements_reset()`
  const done = await work()
  const [row] = await sql<{ calls: number }[]>`
    -- countedStatements
    select coalesce(sum(calls), 0)::int as calls
    from pg_stat_statements
    join pg_database on pg_database.oid = dbid
    where datname = ${database}`
  await track(sql, 'none')
  return { done, statements: row?.calls ?? 0 }
}
