import type { Sql } from '../../postgres/connect.ts'

export interface Findings {
  readonly byState: Record<string, number>
  /** Steps with more than one attempt that ended well between two starts of their task: its people may start it over. */
  readonly finishedTwice: number
  /** Tasks whose steps are all done but which are not over, or the other way round. */
  readonly contradictions: number
  /** Tasks whose record has a gap. */
  readonly gaps: number
  /** Rows that belong to no live task: signals and timers of what is over, owners that are over. */
  readonly leftovers: number
  /** Steps that are done although one they depend on, the one before, is not. */
  readonly outOfOrder: number
  /** By how many tasks the counts differ from the rows. */
  readonly miscounted: number
}

/** What `findings` says when all is well. */
export const clean = {
  finishedTwice: 0,
  contradictions: 0,
  gaps: 0,
  leftovers: 0,
  outOfOrder: 0,
  miscounted: 0,
}

/** By how many tasks the counts differ from the rows, at one moment: also while tasks run it is to be 0. */
export async function miscounted(sql: Sql): Promise<number> {
  const [row] = await sql<{ tasks: number }[]>`
    select coalesce(sum(abs(coalesce(there.n, 0) - coalesce(counted.n, 0))), 0)::int as tasks
    from (select state, result, count(*) as n from task where about_task_id is null group by 1, 2) as there
    full join (select state, result, sum(n) as n from task_count group by 1, 2) as counted using (state, result)`
  return row?.tasks ?? Number.NaN
}

/** What must hold whatever happened to executors, connections and the server; every figure but `byState` is to be 0. */
export async function findings(sql: Sql): Promise<Findings> {
  const states = await sql<{ key: string; count: number }[]>`
    select state || '/' || coalesce(reason, result) as key, count(*)::int as count from task group by 1 order by 1`
  const [row] = await sql<Omit<Findings, 'byState' | 'miscounted'>[]>`
    with again as materialized (
      select task_id, at from event where kind = 'command' and name = 'start-over'
    ), done as (
      select task_id, step_no, (
        select count(*) from again where again.task_id = attempt.task_id and again.at <= attempt.ended_at
      ) as life
      from attempt where state = 'DONE'
    )
    select
      (select count(*)::int from (
        select from done group by task_id, step_no, life having count(*) > 1
      ) as twice) as finished_twice,
      (select count(*)::int from task where state = 'stopped' and result = 'success'
        and exists (select from step where step.task_id = task.id and step.state <> 'DONE')) as contradictions,
      (select count(*)::int from (
        select task.id from task left join event on event.task_id = task.id
        group by task.id having count(event.seq) <> task.last_seq or coalesce(max(event.seq), 0) <> task.last_seq
      ) as gap) as gaps,
      (select count(*)::int from signal join task on task.id = signal.task_id where task.state = 'stopped')
        + (select count(*)::int from timer join task on task.id = timer.task_id where task.state = 'stopped')
        + (select count(*)::int from hold join task on task.id = hold.task_id where task.state = 'stopped' and hold.until is null)
        + (select count(*)::int from wait join task on task.id = wait.task_id where task.state = 'stopped')
        + (select count(*)::int from task join executor on executor.id = task.executor_id
            where executor.state in ('dead', 'stopped')) as leftovers,
      (select count(*)::int from step join step as before on before.task_id = step.task_id and before.no = step.no - 1
        where step.state in ('DONE', 'RUNNING') and before.state <> 'DONE') as out_of_order`
  return {
    byState: Object.fromEntries(states.map((s) => [s.key, s.count])),
    ...(row as Omit<Findings, 'byState' | 'miscounted'>),
    miscounted: await miscounted(sql),
  }
}
