import type { AnySql } from '../../../postgres/connect.ts'
import type { EventRow } from '../model.ts'

export interface EventsWanted {
  readonly taskId: string
  readonly after: number
}

/**
 * For each pair the events of the task beyond `after`, ascending, at most `size` of each; `after` comes back with them.
 * Numbers of a task have no gap and become visible in their order, because whoever writes holds the task's row lock.
 */
export async function eventsOfTasks(
  sql: AnySql,
  wanted: readonly EventsWanted[],
  size: number,
): Promise<(EventRow & EventsWanted)[]> {
  return sql<(EventRow & EventsWanted)[]>`
    /* eventsOfTasks */
    select event.*, wanted.after
    from unnest(${wanted.map((one) => one.taskId)}::uuid[], ${wanted.map((one) => one.after)}::int[]) as wanted (id, after)
    cross join lateral (
      select task_id, seq, at, kind, name, step_no, actor, data
      from event
      where event.task_id = wanted.id and event.seq > wanted.after
      order by event.seq
      limit ${size}
    ) as event
    order by event.task_id, wanted.after, event.seq
  `
}

/** A comment as it was written, and whether its author has taken it back since. */
export async function findComment(
  sql: AnySql,
  taskId: string,
  seq: number,
): Promise<{ readonly actor: string | null; readonly isWithdrawn: boolean } | undefined> {
  const [row] = await sql<{ actor: string | null; isWithdrawn: boolean }[]>`
    /* findComment */
    select event.actor, exists (
      select from event as later
      where later.task_id = event.task_id and later.seq > event.seq and later.kind = 'comment'
        and later.name = 'comment-withdrawn' and later.data -> 'of' = to_jsonb(event.seq)
    ) as is_withdrawn
    from event
    where event.task_id = ${taskId} and event.seq = ${seq} and event.kind = 'comment' and event.name = 'comment'
  `
  return row
}
