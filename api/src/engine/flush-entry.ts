import { Problem } from '../base/problem.ts'
import type { Birth, Change } from './change.ts'
import type { BatchOutcome } from './flush-batch.ts'
import type { Batch, Note } from './flush-plan.ts'
import type { TakeAnswer } from './lock.ts'
import type { TaskRow } from './store/task.ts'

/* What is submitted to a flush: what it brings to the batch, and what it hears when the batch is over. */

/** One submission and what to do when its flush is over. Exactly one of the callbacks is called. */
export type Entry =
  | {
      readonly kind: 'change'
      readonly change: Change
      /** With what became of the locks it asked for. */
      readonly written: (released: boolean, answers: readonly TakeAnswer[]) => void
      readonly fenced: () => void
      readonly refused: (error: unknown) => void
    }
  | {
      readonly kind: 'birth'
      readonly birth: Birth
      /** With what became of the locks it asked for; without them it may not have been born. */
      readonly written: (answer: TakeAnswer | undefined) => void
      readonly refused: (error: unknown) => void
    }
  | {
      readonly kind: 'claim'
      readonly ids: readonly string[]
      readonly claimed: (rows: readonly TaskRow[]) => void
      readonly refused: (error: unknown) => void
    }
  | {
      readonly kind: 'note'
      readonly note: Note
      readonly written: (known: boolean) => void
      readonly refused: (error: unknown) => void
    }
  | {
      /** Writes nothing: answers when all that was submitted before is written. */
      readonly kind: 'barrier'
      readonly written: () => void
      readonly refused: (error: unknown) => void
    }

export function batchOf(entries: readonly Entry[]): Batch {
  const changes: Change[] = []
  const births: Birth[] = []
  const claims: string[] = []
  const notes: Note[] = []
  for (const entry of entries) {
    if (entry.kind === 'change') changes.push(entry.change)
    else if (entry.kind === 'birth') births.push(entry.birth)
    else if (entry.kind === 'note') notes.push(entry.note)
    else if (entry.kind === 'claim') claims.push(...entry.ids)
  }
  return { changes, births, claims, notes }
}

/** Tells each what became of it. */
export function answer(entries: readonly Entry[], outcome: BatchOutcome): void {
  // A claimed row goes to one of those who asked: each would make a runner of it.
  const unclaimed = new Map(outcome.claimed.map((row) => [row.id, row]))
  for (const entry of entries) {
    switch (entry.kind) {
      case 'change': {
        const id = entry.change.taskId
        if (outcome.fenced.has(id)) entry.fenced()
        else entry.written(outcome.released.has(id), outcome.answers.get(id) ?? [])
        break
      }
      case 'birth':
        entry.written(outcome.answers.get(entry.birth.id)?.[0])
        break
      case 'barrier':
        entry.written()
        break
      case 'note':
        entry.written(!outcome.unknown.has(entry.note.taskId))
        break
      case 'claim': {
        const rows = entry.ids.map((id) => unclaimed.get(id)).filter((row) => row !== undefined)
        for (const row of rows) unclaimed.delete(row.id)
        entry.claimed(rows)
      }
    }
  }
}

/** The executor is over: what was not written will not be. */
export function lose(entry: Entry): void {
  if (entry.kind === 'change') entry.fenced()
  else if (entry.kind === 'claim') entry.claimed([])
  else
    entry.refused(new Problem('database-unavailable', 'The executor lost its place; send the request again.'))
}
