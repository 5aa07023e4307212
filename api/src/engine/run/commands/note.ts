import type { SignalRow } from '../../store/signal.ts'
import type { RunningTask } from '../running-task.ts'

/** Puts an applied command on the record of its task, with who gave it. `data` is stored in clear: small and masked. */
export function note(run: RunningTask, signal: SignalRow, data?: Record<string, unknown>): void {
  const { kind, actor, stepNo } = signal
  run.draft.event({
    at: run.host.now(),
    kind: 'command',
    name: kind,
    actor,
    ...(stepNo !== null && { stepNo }),
    ...(data && { data }),
  })
}

/** More names than these are counted only: the record of a task is for people. */
const namesMax = 50

/** Names of steps, for the record. */
export function told(names: readonly string[]): readonly string[] {
  return names.length <= namesMax ? names : [...names.slice(0, namesMax), `… ${names.length} in all`]
}
