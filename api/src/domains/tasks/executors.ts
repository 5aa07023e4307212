import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { type Actor, demand } from '../access/model.ts'
import { record } from '../audit/store.ts'
import type { EngineFigures, ExecutorRow, TaskEngine } from './model.ts'
import { engineFigures, executorsByIds, recentExecutors as findRecentExecutors } from './store/executors.ts'

/** Those that live and those of the last day; living ones first, newest first. Needs `executor.view`. */
export async function recentExecutors({ sql }: App, actor: Actor | undefined): Promise<ExecutorRow[]> {
  demand(actor, 'executor.view')
  return findRecentExecutors(sql)
}

/** How the engine is, over all processes; of the last day what is counted. Needs `executor.view`. */
export async function readEngineFigures({ sql }: App, actor: Actor | undefined): Promise<EngineFigures> {
  demand(actor, 'executor.view')
  return engineFigures(sql)
}

function noSuchExecutor(id: string): Problem {
  return new Problem('not-found', 'There is no such executor.', { details: { type: 'Executor', id } })
}

/**
 * Tells an executor to take nothing new and finish what it has, or to go on; it hears within two seconds. Stands on the audit
 * record. Needs `maintenance.manage`. Throws `not-found`, and `not-allowed-now` for one that is over.
 */
export async function drainExecutor(
  { app, engine }: { readonly app: App; readonly engine: TaskEngine },
  actor: Actor | undefined,
  id: string,
  drains: boolean,
): Promise<ExecutorRow> {
  demand(actor, 'maintenance.manage')
  const [before] = await executorsByIds(app.sql, [id])
  if (before === undefined) throw noSuchExecutor(id)
  await inTransaction(app.sql, async (tx) => {
    if (!(await engine.orderDrain(tx, id, drains))) {
      const { state } = before
      throw new Problem('not-allowed-now', 'This executor is over.', { details: { state, reason: null } })
    }
    const { host, pid, region } = before
    const action = drains ? 'executor.drain' : 'executor.resume'
    const details = { host, pid, region }
    await record(tx, actor, [{ action, subjectType: 'executor', subjectId: id, details }])
  })
  const [after] = await executorsByIds(app.sql, [id])
  return after ?? before
}
