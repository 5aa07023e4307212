import { packIds } from '../postgres/announce.ts'
import type { AnySql } from '../postgres/connect.ts'
import { type Channel, channels } from '../postgres/listen.ts'
import type { Birth, Change, EventDraft, NewSignal, StopOfChildren } from './change.ts'
import { insertAttempts } from './store/attempt.ts'
import { insertEvents } from './store/event.ts'
import { openFlush } from './store/executor.ts'
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
  type LockedTask,
  lockTasks,
  type TaskRow,
  updateTasks,
} from './store/task.ts'
import { deleteTimers, dropTimersOf, upsertTimers } from './store/timer.ts'
import { begin, commit, rollback } from './store/transaction.ts'
import { testPoint } from './test-points.ts'

/** A line on the record of a task that this executor need not hold, such as a comment. */
export interface Note {
  readonly taskId: string
  readonly events: readonly EventDraft[]
}

/** What one flush writes, by kind. Every list may be empty. */
export interface Batch {
  readonly changes: readonly Change[]
  readonly births: readonly Birth[]
  readonly claims: readonly string[]
  readonly notes: readonly Note[]
}

export interface BatchOutcome {
  /** Task ids of changes that were refused because somebody else holds the task now. */
  readonly fenced: ReadonlySet<string>
  /** Task ids of changes after which this executor no longer holds the task. */
  readonly released: ReadonlySet<string>
  readonly claimed: readonly TaskRow[]
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
 * Order of locks everywhere: executor → tasks by id → queue jobs.
 */
export async function writeBatch(sql: AnySql, batch: Batch, context: BatchContext): Promise<BatchOutcome> {
  const { now, locked, reported } = await openBatch(sql, batch, context)
  const plan = planBatch(withoutRepeats(batch, reported), locked, context.executorId)
  await testPoint('flush.locked', context.executorId)

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
    fenced: plan.fenced,
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
function withoutRepeats(batch: Batch, reported: ReadonlyMap<string, number>): Batch {
  if (reported.size === 0) return batch
  const isNew = ({ taskId, report }: Change) => !report || report.clientSeq > (reported.get(taskId) ?? 0)
  return { ...batch, changes: batch.changes.filter(isNew) }
}

interface PlannedBatch {
  readonly changes: readonly Change[]
  readonly births: readonly Birth[]
  readonly claims: readonly string[]
  readonly fenced: ReadonlySet<string>
  readonly events: { taskId: string; seq: number; event: EventDraft }[]
  /** Events of tasks whose row is not written otherwise. */
  readonly seqOnly: { id: string; events: number }[]
  readonly stopped: readonly string[]
  readonly wake: readonly string[]
  readonly signals: readonly NewSignal[]
  readonly stops: readonly (StopOfChildren & { taskId: string })[]
  readonly announced: readonly string[]
}

/** What of a batch may be written, given the locked rows; numbers the events. */
function planBatch(batch: Batch, locked: ReadonlyMap<string, LockedTask>, me: string): PlannedBatch {
  const changes: Change[] = []
  const fenced = new Set<string>()
  for (const change of batch.changes) {
    const row = locked.get(change.taskId)
    const held = row?.kind === 'reported' ? row.state !== 'stopped' : row?.executorId === me
    if (row && held && row.epoch === change.epoch) changes.push(change)
    else fenced.add(change.taskId)
  }
  const events: PlannedBatch['events'] = []
  const seqOnly: PlannedBatch['seqOnly'] = []
  const seqs = new Map<string, number>()
  const number = (taskId: string, drafts: readonly EventDraft[]) => {
    let seq = seqs.get(taskId) ?? locked.get(taskId)?.lastSeq ?? 0
    for (const event of drafts) events.push({ taskId, seq: ++seq, event })
    seqs.set(taskId, seq)
  }
  for (const change of changes) {
    if (!change.events?.length) continue
    number(change.taskId, change.events)
    if (!change.task) seqOnly.push({ id: change.taskId, events: change.events.length })
  }
  for (const note of batch.notes) {
    if (!locked.has(note.taskId)) continue
    number(note.taskId, note.events)
    seqOnly.push({ id: note.taskId, events: note.events.length })
  }
  // What a fenced change wanted to give birth to is not born.
  const births = [...batch.births, ...changes.flatMap((change) => change.births ?? [])]
  for (const birth of births) number(birth.id, birth.events)
  const unclaimed = births.filter(
    (b) => !b.claimed && b.task.state === 'pending' && b.task.reason === 'queued',
  )
  const dependencySignals = births
    .filter((birth) => birth.dependsOn.some((id) => (locked.get(id)?.state ?? 'stopped') === 'stopped'))
    .map((birth): NewSignal => ({ taskId: birth.id, kind: 'dependency', actor: 'engine' }))
  return {
    changes,
    births,
    claims: batch.claims.filter((id) => locked.get(id)?.executorId === null),
    fenced,
    events,
    seqOnly,
    stopped: changes.filter((c) => c.task?.state === 'stopped').map((c) => c.taskId),
    wake: [
      ...unclaimed.map((b) => b.id),
      ...changes.filter((c) => c.release && c.wake).map((c) => c.taskId),
      ...dependencySignals.map((s) => s.taskId),
    ],
    signals: [
      ...changes.flatMap((c) => c.signalsTo ?? []),
      ...dependencySignals,
      ...parentSignals(changes, locked),
    ],
    stops: changes.flatMap((c) => (c.stopChildren ? [{ taskId: c.taskId, ...c.stopChildren }] : [])),
    announced: [...new Set([...changes.map((c) => c.taskId), ...events.map((e) => e.taskId)])],
  }
}

/**
 * Whatever ends or pauses a child, or takes that back, is news to the step that waits for it: told here, where every such
 * change passes with the state it leaves, so no command can forget it. One signal per step and flush, however many children end.
 */
function parentSignals(changes: readonly Change[], locked: ReadonlyMap<string, LockedTask>): NewSignal[] {
  const signals = new Map<string, NewSignal>()
  for (const { taskId, task } of changes) {
    const before = locked.get(taskId)
    if (!task || !before?.parentId || task.state === before.state) continue
    if (!restStates.has(task.state) && !restStates.has(before.state)) continue
    const stepNo = before.parentStepNo ?? undefined
    signals.set(`${before.parentId}/${stepNo}`, {
      taskId: before.parentId,
      kind: 'subtask',
      actor: 'engine',
      ...(stepNo !== undefined && { stepNo }),
    })
  }
  return [...signals.values()]
}

/** A child in one of these does not move by itself. */
const restStates: ReadonlySet<string> = new Set(['paused', 'stopped'])

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
    births.flatMap((b) => b.steps.map((step) => ({ taskId: b.id, step }))),
    (rows) => insertSteps(sql, rows, me),
  )
  some(
    births.flatMap((b) => b.dependsOn.map((dependsOnId) => ({ taskId: b.id, dependsOnId }))),
    (rows) => insertDependencies(sql, rows),
  )
  some(
    births.flatMap((b) => (b.report ? [{ taskId: b.id, ...b.report }] : [])),
    (rows) => insertReports(sql, rows),
  )
  some(
    changes.flatMap((c) => (c.newSteps ?? []).map((step) => ({ taskId: c.taskId, step }))),
    (rows) => insertSteps(sql, rows, me),
  )
  some(
    changes.flatMap((c) => (c.steps ?? []).map((patch) => ({ taskId: c.taskId, patch }))),
    (rows) => updateSteps(sql, rows, me),
  )
  some(
    changes.flatMap((c) => (c.attempts ?? []).map((attempt) => ({ taskId: c.taskId, attempt }))),
    (rows) => insertAttempts(sql, rows, me),
  )
  some(
    changes.flatMap((c) => (c.output ?? []).map((output) => ({ taskId: c.taskId, output }))),
    (rows) => insertOutput(sql, rows),
  )
  some(plan.events, (rows) => insertEvents(sql, rows))
  some(
    changes.flatMap((c) => (c.report ? [{ taskId: c.taskId, clientSeq: c.report.clientSeq }] : [])),
    (rows) => updateReports(sql, rows),
  )
  some(
    changes.flatMap((c) =>
      c.result || c.resolverInput
        ? [{ taskId: c.taskId, result: c.result, resolverInput: c.resolverInput }]
        : [],
    ),
    (rows) => updatePayloads(sql, rows),
  )
  const timers = [...births.flatMap((b) => b.timers), ...changes.flatMap((c) => c.timers ?? [])]
  some(timers, (rows) => upsertTimers(sql, rows))
  some(
    changes.flatMap((c) => (c.clearTimers ?? []).map((key) => ({ taskId: c.taskId, ...key }))),
    (rows) => deleteTimers(sql, rows),
  )
  some(
    changes.flatMap((c) => (c.appliedSignals ?? []).map((id) => ({ taskId: c.taskId, id }))),
    (rows) => deleteSignals(sql, rows),
  )
  some(plan.stopped, (rows) => dropSignalsOf(sql, rows))
  some(plan.stopped, (rows) => dropTimersOf(sql, rows))
  const updates = changes.flatMap((c) =>
    c.task
      ? [{ id: c.taskId, patch: c.task, events: c.events?.length ?? 0, release: c.release === true }]
      : [],
  )
  const updated = updates.length > 0 ? updateTasks(sql, updates).then((x) => [...x]) : Promise.resolve([])
  all.push(updated)
  some(plan.seqOnly, (rows) => advanceSeq(sql, rows))
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
