import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkout, readConfig } from '../base/config.ts'
import { connect, type Target, withDatabase } from '../postgres/connect.ts'
import { isAlive } from '../postgres/embedded/running.ts'
import { EmbeddedPostgres } from '../postgres/embedded.ts'
import { migrate } from '../postgres/migrate.ts'

export interface TestCluster {
  /** A migrated database that nobody is connected to: what `create database … template` takes. */
  readonly template: Target
  stop(): Promise<void>
}

const memory = '/dev/shm'
const memoryBytesMin = 600_000_000
const prefix = 'stint-test-'

/** Durability costs a test its time and gives it nothing. */
const hasty = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '128MB',
  max_connections: '200',
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize > memoryBytesMin
  } catch {
    return false
  }
}

/** A run that was killed could not remove its folder; in memory that would add up. */
function removeLeftOvers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const owner = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(join(parent, name), { recursive: true, force: true })
  }
}

/** A new folder for the life of this process, in memory where there is room (a clone costs 8 ms there). */
export function scratchFolder(): string {
  const parent = hasRoom(memory) ? memory : tmpdir()
  removeLeftOvers(parent)
  return mkdtempSync(join(parent, `${prefix}${process.pid}-`))
}

async function prepareTemplate(server: Target, name: string): Promise<Target> {
  const sql = connect(withDatabase(server, 'postgres'), { max: 1 })
  await sql`create database ${sql(name)}`
  await sql.end()
  const template = withDatabase(server, name)
  await migrate(template, join(checkout, 'api/migrations'))
  return template
}

async function dropTemplate(template: Target, name: string): Promise<void> {
  const sql = connect(withDatabase(template, 'postgres'), { max: 1 })
  await sql`drop database if exists ${sql(name)} with (force)`
  await sql.end()
}

async function startOn(url: string): Promise<TestCluster> {
  const name = `stint_test_${process.pid}`
  const template = await prepareTemplate({ kind: 'url', url }, name)
  return { template, stop: () => dropTemplate(template, name) }
}

/** The server of one test run: that of DATABASE_URL where it is set, else an embedded one of its own. */
export async function startTestCluster(): Promise<TestCluster> {
  const { databaseUrl } = readConfig()
  if (databaseUrl !== undefined) return startOn(databaseUrl)
  const dataDir = scratchFolder()
  const server = new EmbeddedPostgres({ dataDir, settings: hasty, durable: false })
  await server.start()
  const template = await prepareTemplate(server.target, 'stint_template')
  const stop = async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  return { template, stop }
}
