import { packIds } from '../postgres/announce.ts'
import type { AnySql } from '../postgres/connect.ts'
import { type Channel, channels } from '../postgres/listen.ts'
import type { TimerRow } from './change.ts'
import type { PlannedBatch } from './flush-plan.ts'
import { insertAttempts } from './store/attempt.ts'
import { disownChildren } from './store/child.ts'
import { insertDependencies } from './store/dependency.ts'
import { insertEvents } from './store/event.ts'
import { deleteLinks, upsertLinks } from './store/link.ts'
import { notify } from './store/notify.ts'
import { insertOutput } from './store/output.ts'
import { insertPayloads, updatePayloads } from './store/payload.ts'
import { insertReports, updateReports } from './store/report.ts'
import { deleteSignals, dropSignalsOf } from './store/signal.ts'
import { insertSteps, updateSteps } from './store/step.ts'
import { advanceSeq, claimTasks, insertTasks, updatePeople, updateTasks } from './store/task.ts'
import { insertCounts, insertRevivedCounts } from './store/task-count.ts'
import { deleteTimers, dropTimersOf, upsertTimers } from './store/timer.ts'

/* The statements of a flush, in their one order. None is waited for, and only those that have rows are sent. */

interface Sending {
  readonly sql: AnySql
  readonly plan: PlannedBatch
  readonly executorId: string
  readonly all: PromiseLike<unknown>[]
}

/** Sends every statement of the batch. */
export function send(sql: AnySql, plan: PlannedBatch, executorId: string) {
  const sending: Sending = { sql, plan, executorId, all: [] }
  sendBirths(sending)
  sendLinks(sending)
  sendSteps(sending)
  sendPayloads(sending)
  const timers = sendTimers(sending)
  sendMail(sending)
  const done = sendTasks(sending)
  some(sending, messagesOf(plan, timers), notify)
  return { all: sending.all, ...done }
}

function some<Row>(
  { sql, executorId, all }: Sending,
  rows: readonly Row[],
  write: (sql: AnySql, rows: readonly Row[], executorId: string) => PromiseLike<unknown>,
): void {
  if (rows.length > 0) all.push(write(sql, rows, executorId).then((x) => x))
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

function sendBirths(sending: Sending): void {
  const { births } = sending.plan
  some(sending, births, insertTasks)
  some(sending, births, insertPayloads)
  const steps = rowsOf(
    births,
    (birth) => birth.steps,
    ({ id: taskId }, step) => ({ taskId, step }),
  )
  some(sending, steps, insertSteps)
  const dependencies = rowsOf(
    births,
    (birth) => birth.dependsOn,
    ({ id: taskId }, dependsOnId) => ({ taskId, dependsOnId }),
  )
  some(sending, dependencies, insertDependencies)
}

/** Links, and the reports of tasks that others run. */
function sendLinks(sending: Sending): void {
  const { births, changes } = sending.plan
  const dropped = rowsOf(
    changes,
    (change) => change.dropLinks,
    ({ taskId }, link) => ({ taskId, link }),
  )
  some(sending, dropped, deleteLinks)
  const ofBirths = rowsOf(
    births,
    (birth) => birth.links,
    ({ id: taskId }, link) => ({ taskId, link }),
  )
  const ofChanges = rowsOf(
    changes,
    (change) => change.links,
    ({ taskId }, link) => ({ taskId, link }),
  )
  some(sending, [...ofBirths, ...ofChanges], upsertLinks)
  const reports = births.flatMap((birth) => (birth.report ? [{ taskId: birth.id, ...birth.report }] : []))
  some(sending, reports, insertReports)
}

/** Steps and what their attempts left. */
function sendSteps(sending: Sending): void {
  const { changes, events } = sending.plan
  const added = rowsOf(
    changes,
    (change) => change.newSteps,
    ({ taskId }, step) => ({ taskId, step }),
  )
  some(sending, added, insertSteps)
  const patches = rowsOf(
    changes,
    (change) => change.steps,
    ({ taskId }, patch) => ({ taskId, patch }),
  )
  some(sending, patches, updateSteps)
  const attempts = rowsOf(
    changes,
    (change) => change.attempts,
    ({ taskId }, attempt) => ({ taskId, attempt }),
  )
  some(sending, attempts, insertAttempts)
  const chunks = rowsOf(
    changes,
    (change) => change.output,
    ({ taskId }, output) => ({ taskId, output }),
  )
  some(sending, chunks, insertOutput)
  some(sending, events, insertEvents)
}

function sendPayloads(sending: Sending): void {
  const { changes } = sending.plan
  const reports = changes.flatMap(({ taskId, report }) =>
    report ? [{ taskId, clientSeq: report.clientSeq }] : [],
  )
  some(sending, reports, updateReports)
  const payloads = changes.flatMap(({ taskId, result, input, resolverInput }) =>
    result || input || resolverInput ? [{ taskId, result, input, resolverInput }] : [],
  )
  some(sending, payloads, updatePayloads)
}

function sendTimers(sending: Sending): readonly TimerRow[] {
  const { births, changes } = sending.plan
  const ofBirths = rowsOf(
    births,
    (birth) => birth.timers,
    (_, timer) => timer,
  )
  const ofChanges = rowsOf(
    changes,
    (change) => change.timers,
    (_, timer) => timer,
  )
  const timers = [...ofBirths, ...ofChanges]
  some(sending, timers, upsertTimers)
  const cleared = rowsOf(
    changes,
    (change) => change.clearTimers,
    ({ taskId }, key) => ({ taskId, ...key }),
  )
  some(sending, cleared, deleteTimers)
  return timers
}

function sendMail(sending: Sending): void {
  const { changes, stopped } = sending.plan
  const begunAnew = changes.filter((change) => change.disownsChildren).map(({ taskId }) => taskId)
  some(sending, begunAnew, disownChildren)
  const applied = rowsOf(
    changes,
    (change) => change.appliedSignals,
    ({ taskId }, id) => ({ taskId, id }),
  )
  some(sending, applied, deleteSignals)
  // Timers first: one that is being fired is waited for here, and then its signal is there to be dropped.
  some(sending, stopped, dropTimersOf)
  some(sending, stopped, dropSignalsOf)
}

/** The task rows, after the signals whose absence lets a task go. */
function sendTasks(sending: Sending) {
  const { sql, plan, executorId, all } = sending
  const updates = plan.changes.flatMap(({ taskId, task, events, release }) =>
    task ? [{ id: taskId, patch: task, events: events?.length ?? 0, release: release === true }] : [],
  )
  const updated = updates.length > 0 ? updateTasks(sql, updates).then((x) => [...x]) : Promise.resolve([])
  all.push(updated)
  some(sending, plan.seqOnly, advanceSeq)
  some(sending, plan.people, updatePeople)
  const claimed =
    plan.claims.length > 0
      ? claimTasks(sql, plan.claims, executorId).then((x) => [...x])
      : Promise.resolve([])
  all.push(claimed)
  some(sending, plan.counts, insertCounts)
  some(sending, plan.revivals, insertRevivedCounts)
  return { updated, claimed }
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
