import type { TaskState } from '@stint/schema/words'

/** µTask's word for the state of a task: receivers and templates that were written for it compare with these. */
export function utaskState(
  { state, reason }: { readonly state: TaskState; readonly reason?: string | null | undefined },
  result: string,
): string {
  if (state === 'scheduled') return 'DELAYED'
  if (state === 'pending') return 'TODO'
  if (state === 'running') return reason?.startsWith('waiting-') ? 'WAITING' : 'RUNNING'
  if (state === 'paused') return 'BLOCKED'
  if (reason === 'rejected') return 'WONTFIX'
  if (result === 'cancelled') return 'CANCELLED'
  return result === 'error' ? 'BLOCKED' : 'DONE'
}
