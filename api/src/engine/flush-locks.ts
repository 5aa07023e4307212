import type { AnySql } from '../postgres/connect.ts'
import { type Birth, type Change, type NewSignal, wholeTask } from './change.ts'
import type { TakeAnswer } from './lock.ts'
import { type FreeRow, type TakenRow, type TakeRow, takeHolds } from './store/hold.ts'

/** What a flush decided about locks before it writes anything else. */
export interface DecidedLocks {
  /** Births as they are written: with their locks, or waiting for them. A birth that does not want to wait is missing. */
  readonly births: readonly Birth[]
  readonly answers: ReadonlyMap<string, readonly TakeAnswer[]>
  /** To those who got what they waited for. */
  readonly signals: readonly NewSignal[]
}

/**
 * Gives back what the admitted changes free, hands it to who waits, then takes what changes and births ask for. One statement
 * for the whole flush, and none when nobody speaks of locks.
 */
export async function decideLocks(
  sql: AnySql,
  changes: readonly Change[],
  births: readonly Birth[],
): Promise<DecidedLocks> {
  const frees = changes.flatMap(freesOf)
  const takes = [...changes.flatMap(takesOf), ...births.flatMap(takeOfBirth)]
  if (frees.length === 0 && takes.length === 0) return { births, answers: new Map(), signals: [] }
  const rows = await takeHolds(sql, frees, takes)
  const answers = Map.groupBy(
    rows.filter((row) => row.kind === 'take').map((row) => ({ taskId: row.taskId, ...answerOf(row) })),
    (answer) => answer.taskId,
  )
  const woken = rows.filter((row) => row.kind === 'woken')
  return {
    births: births.flatMap((birth) => bornAs(birth, answers.get(birth.id))),
    answers,
    signals: woken.map(signalOf),
  }
}

function freesOf({ taskId, frees, task }: Change): FreeRow[] {
  if (!frees) return []
  // A task that stops gives back all that it has, whatever it remembers of it.
  if (task?.state === 'stopped' || frees.includes(wholeTask)) return [{ taskId, stepNo: undefined }]
  return frees.map((stepNo) => ({ taskId, stepNo }))
}

function takesOf({ taskId, takes }: Change): TakeRow[] {
  return (takes ?? []).map((take) => ({ taskId, ...take }))
}

function takeOfBirth({ id, ownerName, priority, wants }: Birth): TakeRow[] {
  return wants.length > 0 ? [{ taskId: id, stepNo: wholeTask, ownerName, priority, wants }] : []
}

function answerOf(row: TakenRow): TakeAnswer {
  return {
    stepNo: row.stepNo,
    status: row.status === 'again' ? 'unknown' : row.status,
    resource: row.resource ?? undefined,
    blocker: row.blocker ?? undefined,
    circle: row.circle ?? undefined,
    since: row.since ?? undefined,
  }
}

function bornAs(birth: Birth, answers: readonly TakeAnswer[] | undefined): Birth[] {
  const [answer] = answers ?? []
  if (!answer || answer.status === 'granted') return [birth]
  return answer.status === 'waiting' && birth.whenWaiting ? [birth.whenWaiting(answer)] : []
}

function signalOf({ taskId, stepNo }: TakenRow): NewSignal {
  return { taskId, kind: 'lock', actor: 'engine', ...(stepNo >= 0 && { stepNo }) }
}
