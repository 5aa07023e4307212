import type postgres from 'postgres'
import type { AnySql } from '../../../postgres/connect.ts'
import type { ExecutorRow } from '../model.ts'

type Fragment = postgres.Fragment

function executorColumns(sql: AnySql): Fragment {
  return sql`
    executor.id, executor.host, executor.pid, executor.version, executor.region, executor.role, executor.state,
    executor.capacity, executor.started_at, executor.heartbeat_at,
    (select count(*)::int from task where task.executor_id = executor.id) as tasks
  `
}

/** Those that live, and the others of the last day; living ones first, newest first. */
export async function recentExecutors(sql: AnySql): Promise<ExecutorRow[]> {
  return sql<ExecutorRow[]>`
    /* recentExecutors */
    select ${executorColumns(sql)}
    from executor
    where state in ('alive', 'draining') or heartbeat_at > now() - interval '1 day'
    order by state not in ('alive', 'draining'), started_at desc, id
    limit 200
  `
}

export async function executorsByIds(sql: AnySql, ids: readonly string[]): Promise<ExecutorRow[]> {
  return sql<ExecutorRow[]>`
    /* executorsByIds */
    select ${executorColumns(sql)}
    from executor
    where id = any(${[...ids]}::uuid[])
  `
}
