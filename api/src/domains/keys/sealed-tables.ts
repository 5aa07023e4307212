import { type SealedTable, taskKeys } from '../../engine/store/sealed.ts'

/**
 * What is sealed with the ring: every table that has the columns key_id and wrapped_key. A key of the ring may go when none
 * of these needs it, and a rotation re-wraps all of them; sealed-tables.test.ts compares the list with the database.
 */
export const sealedTables: readonly SealedTable[] = [
  taskKeys,
  { table: 'channel', id: 'name', idType: 'text' },
  { table: 'cache_item', id: 'name', idType: 'text' },
]
