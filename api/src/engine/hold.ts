import type { AnySql } from '../postgres/connect.ts'
import { postponeTimers } from './store/timer.ts'

/**
 * While it is on, nothing new starts in this process: steps that run are finished, their tasks handed back, hints stay in
 * the queue, due times in their table, and nobody is declared dead. When it is off, all that goes on where it stood.
 */
export interface Hold {
  readonly isOn: boolean
  /** Labels of tasks that go on all the same. */
  readonly exempt: ReadonlySet<string>
  /** Returns how to end it. */
  onChange(then: () => void): () => void
}

export const neverHeld: Hold = { isOn: false, exempt: new Set(), onChange: () => () => {} }

/** May a task of this label not go on now? */
export function holds({ isOn, exempt }: Hold, label: string | undefined): boolean {
  return isOn && !(label !== undefined && exempt.has(label))
}

/**
 * Other systems could not speak since then: their silence does not count. Must run in the transaction that ends the hold,
 * or a reporter would be lost before it can repeat what was refused.
 */
export async function postponeOutsiders(tx: AnySql, heldSince: Date): Promise<void> {
  await postponeTimers(tx, ['report'], heldSince)
}
