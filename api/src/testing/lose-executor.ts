import { createLog } from '../base/log.ts'
import type { Engine } from '../engine/engine.ts'
import { takeOver } from '../engine/rescue.ts'
import type { TestDatabase } from './database.ts'

/**
 * What a crash does to the tasks of an engine, without the wait for its silence: its executor is declared dead, whatever it
 * was doing is lost to it, and the engine begins anew under another id. Resolves when that one lives.
 */
export async function loseExecutor(engine: Engine, { sql }: TestDatabase): Promise<void> {
  const { executorId } = engine.executor
  const log = createLog({ level: 'silent', format: 'json' })
  await takeOver({ sql, log, wake: async () => {} }, executorId, 0)
  // It learns of its death from the next flush.
  const [any] = await sql<{ id: string }[]>`select id from task limit 1`
  if (any) await engine.comment(any.id, 'test', 'is anybody there?').catch(() => {})
  while (engine.executor.executorId === executorId) await new Promise((resolve) => setTimeout(resolve, 5))
  while (!(await isAlive(engine, sql))) await new Promise((resolve) => setTimeout(resolve, 5))
  const left = await sql<{ id: string }[]>`
    select id from task where executor_id is null and state in ('pending', 'running')`
  await engine.executor.hint(left.map((row) => row.id))
}

async function isAlive(engine: Engine, sql: TestDatabase['sql']): Promise<boolean> {
  const rows = await sql`select 1 from executor where id = ${engine.executor.executorId} and state = 'alive'`
  return rows.length > 0 && engine.executor.hasRoom
}
