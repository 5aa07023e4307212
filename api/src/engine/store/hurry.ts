import type { AnySql } from '../../postgres/connect.ts'
import { channels } from '../../postgres/listen.ts'

/**
 * For rehearsals of templates: every time that a task waits for has come. True when it waited for one. The task must be at rest:
 * whoever runs it knows its due times by heart.
 */
export async function hurryTask(sql: AnySql, taskId: string): Promise<boolean> {
  const steps = await sql`
    -- hurrySteps
    update step set due_at = least(due_at, now()) where task_id = ${taskId} and due_at is not null
  `
  await sql`
    -- hurryTimers
    update timer set due_at = now() where task_id = ${taskId}
  `
  await sql`
    -- announceHurry
    select pg_notify(${channels.timers}, '0')
  `
  return steps.count > 0
}
