import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type Sql, type Target } from './connect.ts'

export interface Migration {
  /** File name without `.sql`: time, then one idea. */
  readonly name: string
  readonly text: string
  readonly checksum: string
}

interface Applied {
  readonly name: string
  readonly checksum: string
}

/** Any number, as long as it is always the same: two starts at once migrate one after the other. */
const lockKey = 8_310_472_951
/** As the first line of a file: its statements run one by one, each by itself (create index concurrently). */
const outsideMarker = '-- outside a transaction'

/** All migrations of a folder in the order of their time. */
export function readMigrations(folder: string): Migration[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
  return files.sort().map((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    return { name: file.slice(0, -4), text, checksum: createHash('sha256').update(text).digest('hex') }
  })
}

/** What is to be run, in order. Throws one sentence where the past is not ours: changed, or newer than this program. */
export function pendingOf(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const { name, checksum } of applied) {
    const migration = known.get(name)
    if (migration === undefined) {
      throw new Error(
        `The database knows migration ${name}, this program does not: it belongs to a newer version.`,
      )
    }
    if (migration.checksum !== checksum) {
      throw new Error(`Migration ${name} was changed after it ran here; write a new one instead.`)
    }
  }
  const done = new Set(applied.map(({ name }) => name))
  return migrations.filter(({ name }) => !done.has(name))
}

/** Statements of a file that runs outside a transaction; each ends with a semicolon at the end of a line. */
export function statementsOf(text: string): string[] {
  const parts = text.split(/;[ \t]*$/m).map((part) => part.trim())
  return parts.filter((part) => part.replace(/^--.*$/gm, '').trim() !== '')
}

async function apply(sql: Sql, { name, text, checksum }: Migration): Promise<void> {
  const note = (within: Sql) => within`
    -- noteMigration
    insert into migration (name, checksum)
    values (${name}, ${checksum})`
  if (text.startsWith(outsideMarker)) {
    for (const statement of statementsOf(text)) await sql.unsafe(statement)
    await note(sql)
    return
  }
  await sql.begin(async (transaction) => {
    await transaction.unsafe(text)
    await note(transaction as unknown as Sql)
  })
}

async function migrateLocked(sql: Sql, migrations: readonly Migration[]): Promise<string[]> {
  await sql`
    -- createMigrationTable
    create table if not exists migration (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`
  const applied = await sql<Applied[]>`
    -- appliedMigrations
    select name, checksum
    from migration`
  const pending = pendingOf(migrations, applied)
  for (const migration of pending) {
    try {
      await apply(sql, migration)
    } catch (cause) {
      throw new Error(`Migration ${migration.name} failed: ${(cause as Error).message}`, { cause })
    }
  }
  return pending.map(({ name }) => name)
}

/** Brings the database up to the last migration of `folder`; answers with the names of those that ran, in order. */
export async function migrate(target: Target, folder: string): Promise<string[]> {
  const migrations = readMigrations(folder)
  // One connection: the lock belongs to its session, and ends with it whatever happens.
  const sql = connect(target, { max: 1, applicationName: 'stint-migrate' })
  try {
    await sql`select pg_advisory_lock(${lockKey})`
    return await migrateLocked(sql, migrations)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
