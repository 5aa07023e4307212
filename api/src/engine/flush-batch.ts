import { packIds } from '../postgres/announce.ts'
import type { AnySql } from '../postgres/connect.ts'
import { channels } from '../postgres/listen.ts'
import type { Change } from './change.ts'
import { decideLocks } from './flush-locks.ts'
import { admit, type Batch, type PlannedBatch, planBatch } from './flush-plan.ts'
import { send } from './flush-send.ts'
import type { TakeAnswer } from './lock.ts'
import { deleteFlushes, openFlush } from './store/flush.ts'
import { notify } from './store/notify.ts'
import { findLastReports } from './store/report.ts'
import { insertSignals, signalChildren, signalDependants } from './store/signal.ts'
import { lockTasks, type TaskRow } from './store/task.ts'
import { begin, commit, rollback } from './store/transaction.ts'
import { testPoint } from './test-points.ts'

export interface BatchOutcome {
  /** Task ids of changes that were refused because somebody else holds the task now. */
  readonly fenced: ReadonlySet<string>
  /** Task ids of changes after which this executor no longer holds the task. */
  readonly released: ReadonlySet<string>
  readonly claimed: readonly TaskRow[]
  /** What became of the locks that changes and births asked for, by task. A birth that was refused is not written. */
  readonly answers: ReadonlyMap<string, readonly TakeAnswer[]>
  /** Ids of notes whose task does not exist. */
  readonly unknown: ReadonlySet<string>
  /** The database's clock while the flush was open. */
  readonly now: Date
}

export interface BatchContext {
  readonly executorId: string
  readonly flushNo: number
  /** The writes are on their way: the time until they are answered is free for other work. */
  onSent?(): void
  /** Tells the queue, inside the transaction, that somebody should look at these tasks. */
  wake(sql: AnySql, taskIds: readonly string[]): Promise<void>
}

/** Numbers of committed flushes are forgotten by as many as this: one delete for each would cost as much as the insert. */
const keptFlushes = 1000

/** The executor was declared dead, or a flush of this number was committed already. Nothing was written. */
export class FlushNotOpened extends Error {}

/** The transaction ended in a rollback although no statement said so. */
class CommitRefused extends Error {}

/**
 * Writes a batch in one transaction, statements pipelined: opening and locks travel together, then all writes, then the
 * commit. `sql` must be one connection outside a transaction; after an error it must be thrown away.
 * Order of locks everywhere: executor → tasks by id → resources by name → queue jobs.
 */
export async function writeBatch(sql: AnySql, batch: Batch, context: BatchContext): Promise<BatchOutcome> {
  const { now, locked, reported } = await openBatch(sql, batch, context)
  const { changes, fenced } = admit(withoutRepeats(batch.changes, reported), locked, context.executorId)
  const decided = await decideLocks(sql, changes, batch.births)
  const plan = planBatch(batch, changes, locked, decided)
  await testPoint('flush.locked', context.executorId)
  if (batch.changes.some((change) => change.release)) await testPoint('release.before', context.executorId)

  const writes = send(sql, plan, context.executorId)
  whenSent(context.onSent)
  // A task that stops, or a hint that must travel with the commit, needs an answer first; a plain chain does not.
  const needsAnswer = plan.stopped.length + plan.wake.length + plan.signals.length + plan.words.length > 0
  if (needsAnswer) {
    await Promise.all(writes.all)
    await wakeOthers(sql, plan, context)
  }
  await testPoint('flush.written', context.executorId)
  const [done] = await Promise.all([commit(sql), ...(needsAnswer ? [] : writes.all)])
  if (done.command !== 'COMMIT') throw new CommitRefused(`the flush ended in ${done.command}`)
  await testPoint('flush.committed', context.executorId)

  const updated = await writes.updated
  return {
    fenced,
    answers: decided.answers,
    released: new Set(updated.filter((row) => row.released).map((row) => row.id)),
    claimed: await writes.claimed,
    unknown: new Set(batch.notes.filter((note) => !locked.has(note.taskId)).map((note) => note.taskId)),
    now,
  }
}

/**
 * The driver sends in a microtask and keeps small messages for the next immediate: only the one after that comes when everything
 * has left, and whatever is done then costs the database no time. Not later either: a flush that must wait for answers before its
 * commit would leave this process idle while the database writes (a quarter of the throughput when tasks end in every flush).
 */
function whenSent(then: (() => void) | undefined): void {
  if (then) setImmediate(() => setImmediate(then))
}

async function openBatch(sql: AnySql, batch: Batch, context: BatchContext) {
  const ids = new Set<string>(batch.claims)
  for (const change of batch.changes) ids.add(change.taskId)
  for (const note of batch.notes) ids.add(note.taskId)
  // A dependency that stops in this very moment must either be seen as stopped here, or see its new follower.
  for (const birth of batch.births) for (const id of birth.dependsOn) ids.add(id)
  const reporting = batch.changes.filter((change) => change.report).map((change) => change.taskId)
  const [, opened, rows, reports] = await Promise.all([
    begin(sql),
    openFlush(sql, context.executorId, context.flushNo),
    lockTasks(sql, [...ids]),
    reporting.length > 0 ? findLastReports(sql, reporting) : [],
    forgetFlushes(sql, context),
  ])
  if (!opened[0]) {
    await rollback(sql)
    throw new FlushNotOpened(`flush ${context.flushNo} was not opened`)
  }
  return {
    now: opened[0].now,
    locked: new Map(rows.map((row) => [row.id, row])),
    reported: new Map(reports.map((row) => [row.taskId, row.lastClientSeq])),
  }
}

/** Those before this one are known to be committed: nobody will ask for them any more. */
async function forgetFlushes(sql: AnySql, { executorId, flushNo }: BatchContext): Promise<void> {
  const isDue = flushNo > 0 && flushNo % keptFlushes === 0
  if (isDue) await deleteFlushes(sql, executorId, flushNo - keptFlushes, flushNo)
}

/** A report that was written already is answered like the first time and not written again. */
function withoutRepeats(
  changes: readonly Change[],
  reported: ReadonlyMap<string, number>,
): readonly Change[] {
  if (reported.size === 0) return changes
  const isNew = ({ taskId, report }: Change) => !report || report.clientSeq > (reported.get(taskId) ?? 0)
  return changes.filter(isNew)
}

/** Signals that this batch causes, and the hints that make somebody read them: in the same transaction. */
async function wakeOthers(sql: AnySql, plan: PlannedBatch, context: BatchContext): Promise<void> {
  const [sent, dependants, children] = await Promise.all([
    plan.signals.length > 0 ? insertSignals(sql, plan.signals) : [],
    plan.stopped.length > 0 ? signalDependants(sql, plan.stopped) : [],
    plan.words.length > 0 ? signalChildren(sql, plan.words) : [],
  ])
  const told = children.map((c) => c.taskId)
  const ids = new Set([
    ...plan.wake,
    ...sent.map((s) => s.taskId),
    ...dependants.map((d) => d.taskId),
    ...told,
  ])
  if (ids.size > 0) await context.wake(sql, [...ids])
  // Who they are was not known when the other notifications were sent.
  if (told.length > 0)
    await notify(
      sql,
      packIds(told).map((payload) => ({ channel: channels.signals, payload })),
    )
}
