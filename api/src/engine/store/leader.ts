import type { AnySql } from '../../postgres/connect.ts'

/** A number of our own among the advisory locks of the database. */
const lockKey = 7_301_845

/** Takes the lead for this session, if nobody has it. */
export async function tryLeadership(sql: AnySql): Promise<boolean> {
  const [row] = await sql<{ taken: boolean }[]>`
    -- tryLeadership
    select pg_try_advisory_lock(${lockKey}) as taken`
  return row?.taken === true
}

/** Is this session still the one that leads? */
export async function holdsLeadership(sql: AnySql): Promise<boolean> {
  const rows = await sql`
    -- holdsLeadership
    select from pg_locks
    where locktype = 'advisory' and pid = pg_backend_pid() and objid = ${lockKey} and granted`
  return rows.length > 0
}
