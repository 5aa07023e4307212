import type postgres from 'postgres'
import type { AnySql } from '../../../postgres/connect.ts'
import type { EngineFigures, ExecutorRow } from '../model.ts'

type Fragment = postgres.Fragment

function executorColumns(sql: AnySql): Fragment {
  return sql`
    executor.id, executor.host, executor.pid, executor.version, executor.region, executor.role, executor.state,
    executor.capacity, executor.started_at, executor.heartbeat_at, executor.hints, executor.running, executor.takeovers,
    executor.found_by_net, executor.flushes_per_second, executor.is_leader,
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

/** Counting stops there: more than that is too many in any case. */
const countMax = 100_000

/** Hints that wait in the queue; 0 before the first start of an engine, which makes the queue. */
async function waitingHints(sql: AnySql): Promise<number> {
  const [queue] = await sql<{ isThere: boolean }[]>`
    /* hasQueue */
    select to_regclass('pgboss.job') is not null as is_there`
  if (!queue?.isThere) return 0
  const [row] = await sql<{ count: number }[]>`
    /* waitingHints */
    select count(*)::int as count
    from (select from pgboss.job where name like 'advance%' and state < 'active' limit ${countMax}) as hint`
  return row?.count ?? 0
}

/** How the engine is, over all processes. */
export async function engineFigures(sql: AnySql): Promise<EngineFigures> {
  const [hints, [row]] = await Promise.all([
    waitingHints(sql),
    sql<Omit<EngineFigures, 'hints'>[]>`
      /* engineFigures */
      with unowned as (
        select state_updated_at
        from task
        where executor_id is null and kind = 'run'
          and (state = 'pending' and reason = 'queued' or state = 'running' and reason is null)
        limit ${countMax}
      )
      select
        (select count(*)::int from unowned) as waiting,
        (select extract(epoch from clock_timestamp() - min(state_updated_at))::float8 from unowned) as oldest_waiting_seconds,
        (count(*) filter (where state = 'dead'))::int as takeovers,
        coalesce(sum(found_by_net), 0)::int as found_by_net,
        coalesce(sum(counts_repaired), 0)::int as counts_repaired,
        (array_agg(id) filter (where is_leader and state in ('alive', 'draining')))[1] as leader_id
      from executor
      where heartbeat_at > now() - interval '1 day'
    `,
  ])
  return { hints, ...(row as Omit<EngineFigures, 'hints'>) }
}
