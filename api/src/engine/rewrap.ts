import type { Sql } from '../postgres/connect.ts'
import type { KeyRing } from './seal.ts'
import { lockForeignKeys, type SealedTable, writeKeys } from './store/sealed.ts'
import { testPoint } from './test-points.ts'

/*
 * Re-wrapping: every data key is unwrapped and wrapped again by the current key of the ring; the data keys themselves, and so
 * everything that was sealed with them, stay as they are. That is why nobody has to be stopped for it: a runner holds its
 * data key in memory and goes on sealing with it, and its flush writes other columns of the same row. Each batch locks its
 * rows, changes and commits them; what was done needs no remembering, because the rows say by which key they are wrapped.
 */

const rowsPerBatch = 500

/**
 * Wraps all rows of a table by the current key of the ring. Safe to run again after any crash, beside everything else.
 * `onBatch` hears after each commit how many rows it had; `signal` ends it between two batches. Rows that a flush is writing
 * are left out: returns how many were wrapped, and the caller comes back until that is 0.
 */
export async function rewrapTable(
  sql: Sql,
  keys: KeyRing,
  table: SealedTable,
  signal: AbortSignal,
  onBatch: (rows: number) => void,
): Promise<number> {
  let all = 0
  let after: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const batch = await sql.begin(async (tx) => {
      const rows = await lockForeignKeys(tx, table, keys.current, after, rowsPerBatch)
      if (rows.length === 0) return rows
      const to = keys.current
      const wrapped = rows.map(({ id, keyId, wrappedKey }) => keys.rewrap(id, keyId, wrappedKey))
      await writeKeys(
        tx,
        table,
        to,
        wrapped.map((each, index) => ({ id: rows[index]?.id as string, wrapped: each.wrapped })),
      )
      await testPoint('rewrap.written', table.table)
      return rows
    })
    if (batch.length === 0) return all
    await testPoint('rewrap.committed', table.table)
    all += batch.length
    after = batch.at(-1)?.id
    onBatch(batch.length)
  }
}
