import type { App } from '../../base/app.ts'
import { type Actor, demand } from '../access/model.ts'
import type { ExecutorRow } from './model.ts'
import { recentExecutors as findRecentExecutors } from './store/executors.ts'

/** Those that live and those of the last day; living ones first, newest first. Needs `executor.view`. */
export async function recentExecutors({ sql }: App, actor: Actor | undefined): Promise<ExecutorRow[]> {
  demand(actor, 'executor.view')
  return findRecentExecutors(sql)
}
