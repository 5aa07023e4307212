import type { AnySql } from '../../../postgres/connect.ts'

/** A place in the queue of a resource. */
export interface Waiter {
  readonly resource: string
  readonly taskId: string
  /** False: it shares the resource with others, or takes one slot of a limit. */
  readonly isExclusive: boolean
}

/** Those who wait for what a task holds and collide with it, in the order of the queues; at most 100. */
export async function waitersBehind(sql: AnySql, taskId: string): Promise<Waiter[]> {
  return sql<Waiter[]>`
    /* waitersBehind */
    select distinct on (wait.priority, wait.seq, wait.task_id, resource)
      wait.resource_type || '/' || wait.resource_id as resource, wait.task_id,
      wait.mode is not null and lower_inf(wait.mode) as is_exclusive
    from hold
    join wait on wait.resource_type = hold.resource_type and wait.resource_id = hold.resource_id
      and (wait.mode is null and hold.mode is null or wait.mode && hold.mode and wait.operation && hold.operation)
    where hold.task_id = ${taskId} and wait.task_id <> ${taskId}
    order by wait.priority desc, wait.seq, wait.task_id, resource
    limit 100
  `
}
