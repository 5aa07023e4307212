import type { AnySql } from '../../postgres/connect.ts'
import { channels } from '../../postgres/listen.ts'
import type { Maintenance } from './model.ts'

/** Undefined while there is none. */
export async function findMaintenance(sql: AnySql): Promise<Maintenance | undefined> {
  const [row] = await sql<Maintenance[]>`
    -- findMaintenance
    select message, since, by_name, ends_at from maintenance`
  return row
}

/** Begins it, or says something else of the one that goes on: then it began when it began, by whoever began it. */
export async function beginMaintenance(
  tx: AnySql,
  given: { message: string | null; endsAt: Date | null; by: string },
): Promise<void> {
  await tx`
    -- beginMaintenance
    insert into maintenance (message, since, by_name, ends_at)
    values (${given.message}, now(), ${given.by}, ${given.endsAt})
    on conflict (is_only) do update set message = excluded.message, ends_at = excluded.ends_at`
  await announceMaintenance(tx)
}

export async function endMaintenance(tx: AnySql): Promise<void> {
  await tx`
    -- endMaintenance
    delete from maintenance`
  await announceMaintenance(tx)
}

/** Two people who switch at the same moment wait for each other; a row that is not there cannot be locked. */
export async function lockMaintenance(tx: AnySql): Promise<Maintenance | undefined> {
  await tx`
    -- lockMaintenance
    lock table maintenance in share row exclusive mode`
  return findMaintenance(tx)
}

/** Heard by every process with the commit. */
async function announceMaintenance(tx: AnySql): Promise<void> {
  await tx`
    -- announceMaintenance
    select pg_notify(${channels.settings}, 'maintenance')`
}
