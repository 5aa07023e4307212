import { packIds } from '../postgres/announce.ts'
import type { AnySql } from '../postgres/connect.ts'
import { type Channel, channels } from '../postgres/listen.ts'
import type { Change } from './change.ts'
import { decideLocks } from './flush-locks.ts'
import { admit, type Batch, type PlannedBatch, planBatch } from './flush-plan.ts'
import type { TakeAnswer } from './lock.ts'
import { insertAttempts } from './store/attempt.ts'
import { insertEvents } from './store/event.ts'
import { openFlush } from './store/executor.ts'
import { deleteLinks, upsertLinks } from './store/link.ts'
import { notify } from './store/notify.ts'
import { insertOutput } from './store/output.ts'
import { insertPayloads, updatePayloads } from './store/payload.ts'
import { findLastReports, insertReports, updateReports } from './store/report.ts'
import {
  deleteSignals,
  dropSignalsOf,
  insertSignals,
  signalChildren,
  signalDependants,
} from './store/signal.ts'
import { insertSteps, updateSteps } from './store/step.ts'
import {
  advanceSeq,
  claimTasks,
  insertDependencies,
  insertTasks,
  lockTasks,
  type TaskRow,
  updatePeople,
  updateTasks,
} from './store/task.ts'
import { deleteTimers, dropTimersOf, upsertTimers } from './store/timer.ts'
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

  const writes = send(sql, plan, context)
  whenSent(context.onSent)
  // A task that stops, or a hint that must travel with the commit, needs an answer first; a plain chain does not.
  const needsAnswer = plan.stopped.length + plan.wake.length + plan.signals.length + plan.stops.length > 0
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

/** A report that was written already is answered like the first time and not written again. */
function withoutRepeats(
  changes: readonly Change[],
  reported: ReadonlyMap<string, number>,
): readonly Change[] {
  if (reported.size === 0) return changes
  const isNew = ({ taskId, report }: Change) => !report || report.clientSeq > (reported.get(taskId) ?? 0)
  return changes.filter(isNew)
}

/** A row for each element of a list that most of them do not have: nothing is made for those. */
function rowsOf<Of, Element, Row>(
  all: readonly Of[],
  listOf: (of: Of) => readonly Element[] | undefined,
  rowOf: (of: Of, element: Element) => Row,
): Row[] {
  const rows: Row[] = []
  for (const each of all) {
    const list = listOf(each)
    if (list) for (const element of list) rows.push(rowOf(each, element))
  }
  return rows
}

/** Sends every statement of the batch without waiting for one; only those that have rows. */
function send(sql: AnySql, plan: PlannedBatch, context: BatchContext) {
  const all: PromiseLike<unknown>[] = []
  const some = <T>(rows: readonly T[], write: (rows: readonly T[]) => PromiseLike<unknown>) => {
    if (rows.length > 0) all.push(write(rows).then((x) => x))
  }
  const { changes, births } = plan
  const me = context.executorId
  some(births, (rows) => insertTasks(sql, rows, me))
  some(births, (rows) => insertPayloads(sql, rows))
  some(
    rowsOf(
      births,
      (b) => b.steps,
      ({ id: taskId }, step) => ({ taskId, step }),
    ),
    (rows) => insertSteps(sql, rows, me),
  )
  some(
    rowsOf(
      births,
      (b) => b.dependsOn,
      ({ id: taskId }, dependsOnId) => ({ taskId, dependsOnId }),
    ),
    (rows) => insertDependencies(sql, rows),
  )
  some(
    rowsOf(
      changes,
      (c) => c.dropLinks,
      ({ taskId }, link) => ({ taskId, link }),
    ),
    (rows) => deleteLinks(sql, rows),
  )
  some(
    [
      ...rowsOf(
        births,
        (b) => b.links,
        ({ id: taskId }, link) => ({ taskId, link }),
      ),
      ...rowsOf(
        changes,
        (c) => c.links,
        ({ taskId }, link) => ({ taskId, link }),
      ),
    ],
    (rows) => upsertLinks(sql, rows),
  )
  some(
    births.flatMap((b) => (b.report ? [{ taskId: b.id, ...b.report }] : [])),
    (rows) => insertReports(sql, rows),
  )
  some(
    rowsOf(
      changes,
      (c) => c.newSteps,
      ({ taskId }, step) => ({ taskId, step }),
    ),
    (rows) => insertSteps(sql, rows, me),
  )
  some(
    rowsOf(
      changes,
      (c) => c.steps,
      ({ taskId }, patch) => ({ taskId, patch }),
    ),
    (rows) => updateSteps(sql, rows, me),
  )
  some(
    rowsOf(
      changes,
      (c) => c.attempts,
      ({ taskId }, attempt) => ({ taskId, attempt }),
    ),
    (rows) => insertAttempts(sql, rows, me),
  )
  some(
    rowsOf(
      changes,
      (c) => c.output,
      ({ taskId }, output) => ({ taskId, output }),
    ),
    (rows) => insertOutput(sql, rows),
  )
  some(plan.events, (rows) => insertEvents(sql, rows))
  some(
    changes.flatMap((c) => (c.report ? [{ taskId: c.taskId, clientSeq: c.report.clientSeq }] : [])),
    (rows) => updateReports(sql, rows),
  )
  some(
    changes.flatMap((c) =>
      c.result || c.input || c.resolverInput
        ? [{ taskId: c.taskId, result: c.result, input: c.input, resolverInput: c.resolverInput }]
        : [],
    ),
    (rows) => updatePayloads(sql, rows),
  )
  const timers = [
    ...rowsOf(
      births,
      (b) => b.timers,
      (_, timer) => timer,
    ),
    ...rowsOf(
      changes,
      (c) => c.timers,
      (_, timer) => timer,
    ),
  ]
  some(timers, (rows) => upsertTimers(sql, rows))
  some(
    rowsOf(
      changes,
      (c) => c.clearTimers,
      ({ taskId }, key) => ({ taskId, ...key }),
    ),
    (rows) => deleteTimers(sql, rows),
  )
  some(
    rowsOf(
      changes,
      (c) => c.appliedSignals,
      ({ taskId }, id) => ({ taskId, id }),
    ),
    (rows) => deleteSignals(sql, rows),
  )
  // Timers first: one that is being fired is waited for here, and then its signal is there to be dropped.
  some(plan.stopped, (rows) => dropTimersOf(sql, rows))
  some(plan.stopped, (rows) => dropSignalsOf(sql, rows))
  const updates = changes.flatMap((c) =>
    c.task
      ? [{ id: c.taskId, patch: c.task, events: c.events?.length ?? 0, release: c.release === true }]
      : [],
  )
  const updated = updates.length > 0 ? updateTasks(sql, updates).then((x) => [...x]) : Promise.resolve([])
  all.push(updated)
  some(plan.seqOnly, (rows) => advanceSeq(sql, rows))
  some(plan.people, (rows) => updatePeople(sql, rows))
  const claimed =
    plan.claims.length > 0 ? claimTasks(sql, plan.claims, me).then((x) => [...x]) : Promise.resolve([])
  all.push(claimed)
  some(messagesOf(plan, timers), (rows) => notify(sql, rows))
  return { all, updated, claimed }
}

function messagesOf(plan: PlannedBatch, timers: readonly { dueAt: Date }[]) {
  const messages: { channel: Channel; payload: string }[] = packIds(plan.announced).map((payload) => ({
    channel: channels.tasks,
    payload,
  }))
  for (const payload of packIds([...new Set(plan.signals.map((s) => s.taskId))])) {
    messages.push({ channel: channels.signals, payload })
  }
  if (timers.length > 0) {
    // The leader sleeps until the earliest timer it knows; an earlier one must reach it.
    const earliest = Math.min(...timers.map((t) => t.dueAt.getTime()))
    messages.push({ channel: channels.timers, payload: String(earliest) })
  }
  return messages
}

/** Signals that this batch causes, and the hints that make somebody read them: in the same transaction. */
async function wakeOthers(sql: AnySql, plan: PlannedBatch, context: BatchContext): Promise<void> {
  const [sent, dependants, children] = await Promise.all([
    plan.signals.length > 0 ? insertSignals(sql, plan.signals) : [],
    plan.stopped.length > 0 ? signalDependants(sql, plan.stopped) : [],
    plan.stops.length > 0 ? signalChildren(sql, plan.stops) : [],
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
