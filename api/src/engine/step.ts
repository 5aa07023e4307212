/*
 * Step states are the ones templates name. A step that is not final may run again: by itself when it is retriable,
 * by a person's decision when it is blocked. Custom states of a template are final and count as success.
 */
const finalStates: ReadonlySet<string> = new Set(['DONE', 'PRUNE', 'SKIPPED', 'CANCELLED'])
const retriableStates: ReadonlySet<string> = new Set(['SERVER_ERROR', 'TO_RETRY', 'AFTERRUN_ERROR'])
const blockedStates: ReadonlySet<string> = new Set(['CLIENT_ERROR', 'FATAL_ERROR', 'CRASHED'])

/** Over for good; a follower may go on or is pruned. */
export function isFinal(state: string, customStates: readonly string[]): boolean {
  return finalStates.has(state) || customStates.includes(state)
}

/** Runs again by itself at its due time. */
export function isRetriable(state: string): boolean {
  return retriableStates.has(state)
}

/** Stands until a person decides. */
export function isBlocked(state: string): boolean {
  return blockedStates.has(state)
}

/** Does a step in this final state satisfy a dependency that names `states`? A step skipped by hand counts as done. */
export function satisfies(state: string, states: readonly string[]): boolean {
  return states.includes('ANY') || states.includes(state) || (state === 'SKIPPED' && states.includes('DONE'))
}

/** States that a person may give a step of a paused task; the others speak of something that happens. */
export const settableStates: readonly string[] = [
  'TODO',
  'TO_RETRY',
  'DONE',
  'SKIPPED',
  'PRUNE',
  'CLIENT_ERROR',
  'SERVER_ERROR',
  'FATAL_ERROR',
]

export function maySetState(state: string, customStates: readonly string[]): boolean {
  return settableStates.includes(state) || customStates.includes(state)
}

const openStates: ReadonlySet<string> = new Set(['TODO', 'RUNNING', 'RETRY_NOW', 'EXPANDED', 'WAITING'])

/** Neither over nor standing: it would still run. Of a state that some template invented this is never said. */
export function isOpen(state: string): boolean {
  return openStates.has(state) || isRetriable(state)
}
