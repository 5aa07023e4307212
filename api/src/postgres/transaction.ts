import { setTimeout as pause } from 'node:timers/promises'
import { backoffMs } from '../base/backoff.ts'
import type { Sql, Transaction } from './connect.ts'
import { isConflict, isConnectionLoss } from './errors.ts'

export interface TransactionOptions {
  readonly triesMax?: number
  /**
   * Also when the connection was lost. Only for work that may happen twice: when the answer to `commit` is lost, nobody
   * knows whether it took effect.
   */
  readonly repeatable?: boolean
}

const backoff = { firstMs: 20, maxMs: 1_000 }

/**
 * Runs `work` in a transaction, again when it lost against others (serialization failure, deadlock). `work` must not do
 * anything outside of the transaction. Throws what the last try threw.
 */
export async function inTransaction<T>(
  sql: Sql,
  work: (transaction: Transaction) => Promise<T>,
  { triesMax = 5, repeatable = false }: TransactionOptions = {},
): Promise<T> {
  for (let tryNo = 1; ; tryNo++) {
    try {
      return (await sql.begin(work)) as T
    } catch (error) {
      const again = isConflict(error) || (repeatable && isConnectionLoss(error))
      if (!again || tryNo >= triesMax) throw error
      await pause(backoffMs(tryNo, backoff))
    }
  }
}
