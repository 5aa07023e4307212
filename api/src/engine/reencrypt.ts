import type { Sql, Transaction } from '../postgres/connect.ts'
import { type KeyRing, placeOf, type TaskKey } from './seal.ts'
import {
  findBornElsewhere,
  findSealedRows,
  lockTaskKeys,
  replaceTaskKeys,
  type SealedColumns,
  type SealedRow,
  writeSealedRows,
} from './store/sealed.ts'
import { advanceEpochs, lockUnowned } from './store/unowned.ts'
import { testPoint } from './test-points.ts'

/*
 * Re-encryption: a task gets another data key, and all that was sealed with the old one is sealed with the new one, in one
 * transaction: at no moment does a task have values of two keys. A task that an executor holds is left alone, for its runner
 * seals with the key it has in memory; so are tasks whose row somebody has locked: the caller comes back for them. Whoever
 * seals something for a task that it does not hold (a command, a report) keeps the key row locked meanwhile, or is fenced.
 * What was done needs no remembering: the row says under which key of the ring its data key was made.
 */

interface Sealed extends SealedColumns {
  /** The associated data of a column of a row. */
  place(column: string, row: SealedRow): string
}

const no = (row: SealedRow, name: string) => Number(row[name])

/** Every column that is sealed with the data key of a task. A test compares it with the database: none may be forgotten. */
export const sealedColumns: readonly Sealed[] = [
  {
    table: 'payload',
    key: [],
    columns: ['definition', 'input', 'resolverInput', 'result'],
    place: (column) => placeOf[column as 'definition' | 'input' | 'resolverInput' | 'result'],
  },
  {
    table: 'attempt',
    key: ['stepNo', 'no'],
    columns: ['output', 'error'],
    place: (column, row) =>
      placeOf[column === 'output' ? 'attemptOutput' : 'attemptError'](no(row, 'stepNo'), no(row, 'no')),
  },
  {
    table: 'output',
    key: ['stepNo', 'attemptNo', 'seq'],
    columns: ['data'],
    place: (_, row) => placeOf.chunk(no(row, 'stepNo'), no(row, 'attemptNo'), no(row, 'seq')),
  },
  {
    table: 'question',
    key: ['stepNo', 'no'],
    columns: ['form', 'answer'],
    place: (column, row) => placeOf[column === 'form' ? 'question' : 'answer'](no(row, 'stepNo')),
  },
  { table: 'signal', key: ['id'], columns: ['payload'], place: () => placeOf.signal },
]

const tasksPerBatch = 25
/** An output may have 16 MB: so many are in memory at once. */
const rowsPerPage = 20

/**
 * Gives every task another data key whose present one was made under another key of the ring than the current. Safe to run
 * again after any crash. `onBatch` hears after each commit how many tasks it had. Returns how many were done and how many were
 * left alone because somebody works on them. When `waits`, it goes task by task and waits for rows that somebody has locked:
 * one that is reported all the time would never be found free. `but` is left out: the task that does this would wait for itself.
 */
export async function reencryptTasks(
  sql: Sql,
  keys: KeyRing,
  { signal, waits, but }: { signal: AbortSignal; waits: boolean; but?: string },
  onBatch: (tasks: number) => void,
): Promise<{ done: number; left: number }> {
  const found = { done: 0, left: 0 }
  let after: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const rows = await findBornElsewhere(sql, keys.current, after, waits ? 1 : tasksPerBatch)
    if (rows.length === 0) return found
    after = rows.at(-1)?.taskId
    const ids = rows.map((row) => row.taskId).filter((id) => id !== but)
    const done = await sql.begin((tx) => reencryptBatch(tx, keys, ids, waits))
    await testPoint('reencrypt.committed', String(done))
    found.done += done
    found.left += ids.length - done
    if (done > 0) onBatch(done)
  }
}

async function reencryptBatch(
  tx: Transaction,
  keys: KeyRing,
  ids: readonly string[],
  waits: boolean,
): Promise<number> {
  const free = await lockUnowned(tx, ids, waits)
  if (free.length === 0) return 0
  // A report under way has sealed with the old key: its epoch is over, and it begins again with the new one.
  const reported = free.filter((row) => row.kind === 'reported' && row.state !== 'stopped')
  if (reported.length > 0) {
    await advanceEpochs(
      tx,
      reported.map((row) => row.id),
    )
  }
  const taskIds = free.map((row) => row.id)
  const pairs = new Map<string, { from: TaskKey; to: TaskKey; keyId: string; wrapped: Buffer }>()
  for (const { taskId, keyId, wrappedKey } of await lockTaskKeys(tx, taskIds)) {
    const { key: to, ...stored } = keys.newDataKey(taskId)
    pairs.set(taskId, { from: keys.open(taskId, keyId, wrappedKey), to, ...stored })
  }
  for (const table of sealedColumns) await reseal(tx, table, taskIds, pairs)
  await replaceTaskKeys(
    tx,
    [...pairs].map(([taskId, { keyId, wrapped }]) => ({ taskId, keyId, wrapped })),
  )
  await testPoint('reencrypt.written', taskIds.join(','))
  return taskIds.length
}

/** Page after page: what a task has is never in memory as a whole. */
async function reseal(
  tx: Transaction,
  table: Sealed,
  taskIds: readonly string[],
  pairs: ReadonlyMap<string, { from: TaskKey; to: TaskKey }>,
): Promise<void> {
  let after: SealedRow | undefined
  for (;;) {
    const rows = await findSealedRows(tx, table, taskIds, after, rowsPerPage)
    if (rows.length === 0) return
    after = rows.at(-1)
    const fresh = rows.map((row): SealedRow => {
      const pair = pairs.get(String(row.taskId))
      if (!pair) throw new Error(`task ${row.taskId} has no data key`)
      const values = table.columns.map((column) => {
        const sealed = row[column] as Buffer | null
        return [column, sealed && pair.from.reseal(pair.to, sealed, table.place(column, row))]
      })
      return { ...row, ...Object.fromEntries(values) }
    })
    await writeSealedRows(tx, table, fresh)
  }
}
