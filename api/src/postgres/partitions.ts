import type { AnySql, Sql } from './connect.ts'
import { isSqlState, sqlStates } from './errors.ts'

interface PartitionedTable {
  readonly name: string
  readonly storage?: string
}

/** `step` is updated in every flush: with room in its pages the new version stays beside the old one (HOT). */
const tables: readonly PartitionedTable[] = [
  { name: 'step', storage: 'fillfactor = 80' },
  { name: 'attempt' },
  { name: 'event' },
  { name: 'payload' },
  { name: 'output' },
]

const lockKey = 8_310_472_952

export interface Month {
  /** `202611` */
  readonly name: string
  /** The smallest id of the month, and of the next one. */
  readonly from: string
  readonly to: string
}

/** The smallest UUIDv7 of an instant: its first 48 bits are the milliseconds. */
export function smallestId(instant: Date): string {
  const hex = instant.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** Months in UTC from that of `now` on; the first one is counted. */
export function monthsFrom(now: Date, count: number): Month[] {
  return Array.from({ length: count }, (_, ahead) => {
    const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1))
    const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead + 1, 1))
    const name = start.toISOString().slice(0, 7).replace('-', '')
    return { name, from: smallestId(start), to: smallestId(end) }
  })
}

async function existing(sql: AnySql): Promise<Set<string>> {
  const rows = await sql<{ name: string }[]>`
    -- existingPartitions
    select partition.relname as name
    from pg_inherits
    join pg_class partition on partition.oid = inhrelid
    where inhparent = any (${tables.map(({ name }) => name)}::regclass[])`
  return new Set(rows.map(({ name }) => name))
}

/** False when rows of that month already lie in the default partition: they stay there, and so does the month. */
async function create(sql: Sql, table: PartitionedTable, month: Month): Promise<boolean> {
  const storage = table.storage === undefined ? '' : ` with (${table.storage})`
  const text = `create table if not exists ${table.name}_${month.name} partition of ${table.name}
    for values from ('${month.from}') to ('${month.to}')${storage}`
  try {
    await sql.begin(async (transaction) => {
      // Taking the lock on the parent waits for running statements; everybody behind us would wait with us.
      await transaction`set local lock_timeout = '3s'`
      await transaction`select pg_advisory_xact_lock(${lockKey})`
      await transaction.unsafe(`/* createPartition */ ${text}`)
    })
    return true
  } catch (error) {
    if (isSqlState(error, sqlStates.checkViolation) || isSqlState(error, sqlStates.lockNotAvailable))
      return false
    throw error
  }
}

/**
 * Makes the monthly partitions of the step history from the month of `now` on. Moves nothing; may be called by several
 * processes and as often as one likes. Answers with the names of those it made. What it could not make (rows of the
 * month in the default partition, a long statement in the way) is tried again at the next call.
 */
export async function ensurePartitions(sql: Sql, now: Date, monthsAhead = 3): Promise<string[]> {
  const found = await existing(sql)
  const made: string[] = []
  for (const month of monthsFrom(now, monthsAhead + 1)) {
    for (const table of tables) {
      const name = `${table.name}_${month.name}`
      if (!found.has(name) && (await create(sql, table, month))) made.push(name)
    }
  }
  return made
}

const dayMs = 24 * 3_600_000
/** For one table, and for all of them together: longer nobody waits behind a drop. */
const dropLocks = { lock: '100ms', all: '200ms', drop: '1s' }

/** The months of these partitions that have been over for a day, by the database's clock: no id of theirs is made any more. */
async function monthsOver(sql: Sql, partitions: ReadonlySet<string>): Promise<Month[]> {
  const [clock] = await sql<{ now: Date }[]>`
    -- databaseNow
    select now()`
  const end = smallestId(new Date((clock?.now.getTime() ?? 0) - dayMs))
  const names = new Set([...partitions].flatMap((name) => /_(\d{6})$/.exec(name)?.[1] ?? []))
  return [...names]
    .sort()
    .flatMap((name) => monthsFrom(new Date(`${name.slice(0, 4)}-${name.slice(4)}-01T00:00:00Z`), 1))
    .filter(({ to }) => to <= end)
}

async function holdsTasks(sql: AnySql, { from, to }: Month): Promise<boolean> {
  const rows = await sql`
    -- tasksOfMonth
    select from task where id >= ${from}::uuid and id < ${to}::uuid limit 1`
  return rows.length > 0
}

/**
 * One transaction, all tables of the month. Dropping a partition locks its parent and the default beside it against everybody,
 * and whoever comes later stands behind us while we wait for that; a concurrent detach is not to be had beside a default. So the
 * wait is short, and whoever is in the way wins. A task that is being born with an old id, unseen by us, finds the default.
 */
async function drop(sql: Sql, month: Month, partitions: readonly string[]): Promise<boolean> {
  const parents = tables.flatMap(({ name }) => [`only ${name}`, `${name}_default`])
  try {
    return await sql.begin(async (tx) => {
      await tx`
        -- limitDrop
        select set_config('lock_timeout', ${dropLocks.lock}, true), set_config('statement_timeout', ${dropLocks.all}, true)`
      const [turn] = await tx<{ isOurs: boolean }[]>`
        -- takeTurn
        select pg_try_advisory_xact_lock(${lockKey}) as is_ours`
      if (turn?.isOurs !== true) return false
      await tx.unsafe(
        `/* lockMonth */ lock table ${[...parents, ...partitions].join(', ')} in access exclusive mode`,
      )
      if (await holdsTasks(tx, month)) return false
      await tx`
        -- limitDrop
        select set_config('statement_timeout', ${dropLocks.drop}, true)`
      await tx.unsafe(`/* dropMonth */ drop table ${partitions.join(', ')}`)
      return true
    })
  } catch (error) {
    if (isSqlState(error, sqlStates.lockNotAvailable) || isSqlState(error, sqlStates.queryCanceled))
      return false
    throw error
  }
}

/**
 * Drops the partitions of months that are over and of which no task is left, whole. Answers with their names; what somebody is
 * just using is left for the next call. Nobody waits behind it for longer than a fifth of a second.
 */
export async function dropEmptyMonths(sql: Sql): Promise<string[]> {
  const found = await existing(sql)
  const dropped: string[] = []
  for (const month of await monthsOver(sql, found)) {
    const names = tables.map(({ name }) => `${name}_${month.name}`).filter((name) => found.has(name))
    if (!(await holdsTasks(sql, month)) && (await drop(sql, month, names))) dropped.push(...names)
  }
  return dropped
}
