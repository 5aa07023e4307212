import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { limits } from '@stint/schema/limits'
import type { OutputStream, TaskResult } from '@stint/schema/words'
import { newId } from '../base/ids.ts'
import { Problem } from '../base/problem.ts'
import type { Sql } from '../postgres/connect.ts'
import {
  type AttemptRow,
  type Change,
  type EventDraft,
  type NewStep,
  type OutputRow,
  type StepPatch,
  wholeTask,
} from './change.ts'
import type { Executor } from './executor.ts'
import { cleanText, errorSummaryOf } from './run/error-summary.ts'
import { placeOf, type TaskKey } from './seal.ts'
import { isBlocked, isFinal } from './step.ts'
import { findTaskKeys } from './store/payload.ts'
import { findReport } from './store/report.ts'
import { findSteps } from './store/step.ts'
import { findTasks, type TaskRow } from './store/task.ts'
import { resultOf } from './task.ts'

/*
 * Tasks that another system runs and reports. They have no executor: whoever holds the report token appends steps, log,
 * progress and the outcome, through the same flush as everything else. Each report carries a number of the client; one
 * that comes twice is answered like the first time and written once. A reporter that falls silent loses the task.
 */

export interface NewReport {
  readonly label: string
  readonly title: string
  readonly owner: { readonly id?: string; readonly name: string }
  readonly tags?: Readonly<Record<string, string>>
  /** Seconds of silence after which the task counts as lost. */
  readonly timeoutSeconds: number
}

export interface ReportedStep {
  readonly name: string
  /** `RUNNING`, `DONE` or a state of failure; see schema/words. */
  readonly state: string
  readonly output?: unknown
  readonly error?: string
}

export interface ReportBody {
  /** Ascending numbers of the client's own; gaps are fine. */
  readonly seq: number
  readonly title?: string
  /** 0 to 1; never goes back. */
  readonly progress?: number
  readonly steps?: readonly ReportedStep[]
  readonly log?: readonly { readonly step?: string; readonly text: string; readonly stream?: OutputStream }[]
  readonly events?: readonly { readonly name: string; readonly data?: Record<string, unknown> }[]
  /** Ends the task. */
  readonly result?: Exclude<TaskResult, 'pending'>
  readonly error?: string
}

export interface OpenedReport {
  readonly taskId: string
  /** Shown once; only its hash is kept. */
  readonly reportToken: string
}

const hashOf = (token: string) => createHash('sha256').update(token).digest()

/** Opens a reported task; durable when it resolves. */
export async function openReport(executor: Executor, request: NewReport): Promise<OpenedReport> {
  const id = newId()
  const at = executor.now()
  const sealed = executor.keys.newDataKey(id)
  const reportToken = `stint_report_${randomBytes(24).toString('base64url')}`
  const title = cleanText(request.title, limits.titleLengthMax)
  await new Promise<void>((resolve, reject) => {
    executor.flusher.submit({
      kind: 'birth',
      written: resolve,
      refused: reject,
      birth: {
        id,
        kind: 'reported',
        label: request.label,
        task: {
          title,
          state: 'running',
          result: 'pending',
          reason: undefined,
          progress: 0,
          takeovers: 0,
          retryCount: 0,
          tags: { ...request.tags },
          errorSummary: undefined,
          errorFingerprint: undefined,
          startAt: undefined,
          startedAt: at,
          endedAt: undefined,
          stateUpdatedAt: at,
          resolvers: [],
        },
        claimed: false,
        priority: 0,
        region: undefined,
        templateId: undefined,
        ownerId: request.owner.id,
        ownerName: request.owner.name,
        resolverGroups: [],
        watchers: [],
        parentId: undefined,
        parentStepNo: undefined,
        idempotencyKey: undefined,
        startBefore: undefined,
        createdAt: at,
        keyId: sealed.keyId,
        wrappedKey: sealed.wrapped,
        definition: undefined,
        input: undefined,
        resolverInput: undefined,
        dependsOn: [],
        steps: [],
        timers: [{ taskId: id, stepNo: wholeTask, kind: 'report', dueAt: later(at, request.timeoutSeconds) }],
        events: [{ at, kind: 'task', name: 'running', actor: request.owner.name }],
        report: { tokenHash: hashOf(reportToken), timeoutSeconds: request.timeoutSeconds },
      },
    })
  })
  return { taskId: id, reportToken }
}

/**
 * Writes what a reporter says; false when its number was told before, and then nothing is written.
 * Problems: `not-found`, `report-token-wrong`, `not-allowed-now` when the task is over.
 */
export async function appendReport(
  sql: Sql,
  executor: Executor,
  taskId: string,
  token: string,
  body: ReportBody,
): Promise<boolean> {
  const [report, tasks] = await Promise.all([findReport(sql, taskId), findTasks(sql, [taskId])])
  const [task] = tasks
  if (!report || !task)
    throw new Problem('not-found', 'There is no reported task with this id.', {
      details: { type: 'Task', id: taskId },
    })
  if (!timingSafeEqual(report.tokenHash, hashOf(token))) {
    throw new Problem(
      'report-token-wrong',
      'This report token does not belong to the task; use the one that opening it answered.',
    )
  }
  if (body.seq <= report.lastClientSeq) return false
  if (task.state === 'stopped') {
    throw new Problem('not-allowed-now', 'The task is over; nothing can be reported to it any more.', {
      details: { state: task.state, reason: task.reason },
    })
  }
  const [sealed] = await findTaskKeys(sql, [taskId])
  if (!sealed) throw new Error(`reported task ${taskId} has no key`)
  const key = executor.keys.open(taskId, sealed.keyId, sealed.wrappedKey)
  const change = await changeOf(sql, executor, task, key, body, report.timeoutSeconds)
  await write(executor, change)
  return true
}

/** The reporter has been silent for too long: the task stops as report-lost. A report that comes in the same moment wins. */
export async function loseReport(sql: Sql, executor: Executor, taskId: string): Promise<void> {
  const [task] = await findTasks(sql, [taskId])
  if (!task || task.state === 'stopped') return
  const at = executor.now()
  const change = stopChange(task, at, 'error')
  change.task = {
    ...change.task,
    reason: 'report-lost',
    errorSummary: 'the system that reported this task fell silent',
  } as Change['task'] & object
  change.events = [{ at, kind: 'task', name: 'stopped', data: { reason: 'report-lost', result: 'error' } }]
  await write(executor, change)
}

function write(executor: Executor, change: Change): Promise<void> {
  return new Promise((resolve, reject) => {
    executor.flusher.submit({
      kind: 'change',
      change,
      written: () => resolve(),
      fenced: () =>
        reject(
          new Problem('not-allowed-now', 'The task is over; nothing can be reported to it any more.', {
            details: { state: 'stopped', reason: null },
          }),
        ),
      refused: reject,
    })
  })
}

async function changeOf(
  sql: Sql,
  executor: Executor,
  task: TaskRow,
  key: TaskKey,
  body: ReportBody,
  timeoutSeconds: number,
): Promise<Change> {
  const at = executor.now()
  const known = await findSteps(sql, [task.id])
  const steps = new Map<string, { no: number; patch: StepPatch; isNew: boolean }>()
  for (const row of known) {
    const { no, name, state, tryCount, attemptNo, startedAt, endedAt, errorSummary } = row
    const patch = patchOf({
      no,
      state,
      tryCount,
      attemptNo,
      startedAt: startedAt ?? undefined,
      endedAt: endedAt ?? undefined,
      errorSummary: errorSummary ?? undefined,
    })
    steps.set(name, { no, patch, isNew: false })
  }
  const touched = new Set<string>()
  const attempts: AttemptRow[] = []
  const stepNamed = (name: string) => {
    const text = cleanText(name, limits.nameLengthMax)
    let step = steps.get(text)
    if (!step) {
      step = {
        no: steps.size,
        patch: patchOf({ no: steps.size, state: 'TODO', tryCount: 0, attemptNo: 0 }),
        isNew: true,
      }
      steps.set(text, step)
    }
    touched.add(text)
    return step
  }
  for (const reported of body.steps ?? [])
    advanceStep(stepNamed(reported.name).patch, reported, at, key, attempts)
  const output = outputOf(body, stepNamed, key, at)
  const change: Change = {
    taskId: task.id,
    epoch: task.epoch,
    report: { clientSeq: body.seq, timeoutSeconds },
  }
  const fresh = [...steps].filter(([name, step]) => step.isNew && touched.has(name))
  if (fresh.length > 0)
    change.newSteps = fresh.map(
      ([name, step]): NewStep => ({ no: step.no, name, state: 'TODO', patch: step.patch }),
    )
  const moved = [...steps].filter(([name, step]) => !step.isNew && touched.has(name))
  if (moved.length > 0) change.steps = moved.map(([, step]) => step.patch)
  if (attempts.length > 0) change.attempts = attempts
  if (output.length > 0) change.output = output
  finishChange(
    change,
    task,
    body,
    [...steps.values()].map((s) => s.patch),
    at,
    timeoutSeconds,
  )
  return change
}

function finishChange(
  change: Change,
  task: TaskRow,
  body: ReportBody,
  steps: readonly StepPatch[],
  at: Date,
  timeoutSeconds: number,
): void {
  const events: EventDraft[] = (body.events ?? []).map(({ name, data }) => ({
    at,
    kind: 'report',
    name: cleanText(name, 200),
    ...(data && { data }),
  }))
  const base = stopChange(
    task,
    at,
    body.result ??
      resultOf(
        undefined,
        steps.map((s) => s.state),
      ),
  ).task
  const failed = steps.find((step) => isBlocked(step.state))
  const errorText = body.error ?? failed?.errorSummary
  const errorSummary = errorText === undefined ? (task.errorSummary ?? undefined) : errorSummaryOf(errorText)
  const title = body.title === undefined ? task.title : cleanText(body.title, limits.titleLengthMax)
  if (body.result && base) {
    change.task = { ...base, title, progress: body.result === 'success' ? 1 : task.progress, errorSummary }
    events.push({ at, kind: 'task', name: 'stopped', data: { result: body.result } })
  } else if (base) {
    const settled = steps.filter((s) => isFinal(s.state, []) || isBlocked(s.state)).length
    const derived = steps.length === 0 ? 0 : settled / steps.length
    const progress = Math.max(task.progress, Math.min(1, body.progress ?? derived))
    change.task = {
      ...base,
      title,
      state: 'running',
      result: 'pending',
      endedAt: undefined,
      stateUpdatedAt: task.stateUpdatedAt,
      progress,
      errorSummary,
    }
    change.timers = [{ taskId: task.id, stepNo: wholeTask, kind: 'report', dueAt: later(at, timeoutSeconds) }]
  }
  if (events.length > 0) change.events = events
}

function stopChange(task: TaskRow, at: Date, result: Exclude<TaskResult, 'pending'>): Change {
  return {
    taskId: task.id,
    epoch: task.epoch,
    task: {
      title: task.title,
      state: 'stopped',
      result,
      reason: undefined,
      progress: task.progress,
      takeovers: 0,
      retryCount: 0,
      tags: task.tags,
      errorSummary: task.errorSummary ?? undefined,
      errorFingerprint: undefined,
      startAt: undefined,
      startedAt: task.startedAt ?? at,
      endedAt: at,
      stateUpdatedAt: at,
      resolvers: task.resolvers,
    },
  }
}

/** A step of a report goes from one state to another; when it ends, that is an attempt. */
function advanceStep(
  patch: StepPatch,
  reported: ReportedStep,
  at: Date,
  key: TaskKey,
  attempts: AttemptRow[],
): void {
  const isOver = isFinal(reported.state, []) || isBlocked(reported.state) || reported.state === 'SERVER_ERROR'
  if (patch.state !== 'RUNNING') {
    patch.tryCount++
    patch.attemptNo++
    patch.startedAt = at
    patch.endedAt = undefined
  }
  patch.state = reported.state
  patch.errorSummary = reported.error === undefined ? undefined : errorSummaryOf(reported.error)
  if (!isOver) return
  patch.endedAt = at
  const error = reported.error === undefined ? undefined : { message: reported.error, kind: 'reported' }
  attempts.push({
    stepNo: patch.no,
    no: patch.attemptNo,
    tryNo: patch.tryCount,
    state: patch.state,
    startedAt: patch.startedAt ?? at,
    endedAt: at,
    output:
      reported.output === undefined
        ? undefined
        : key.sealJson({ output: reported.output }, placeOf.attemptOutput(patch.no, patch.attemptNo)),
    error: error && key.sealJson(error, placeOf.attemptError(patch.no, patch.attemptNo)),
    errorSummary: patch.errorSummary,
    errorFingerprint: undefined,
  })
}

/** Log lines of a report; those of no step belong to the step that is reported last, or to one called "log". */
function outputOf(
  body: ReportBody,
  stepNamed: (name: string) => { patch: StepPatch },
  key: TaskKey,
  at: Date,
): OutputRow[] {
  const fallback = body.steps?.at(-1)?.name ?? 'log'
  return (body.log ?? []).map((line, index) => {
    const { patch } = stepNamed(line.step ?? fallback)
    if (patch.attemptNo === 0)
      Object.assign(patch, { state: 'RUNNING', tryCount: 1, attemptNo: 1, startedAt: at })
    // The client's numbers ascend, so chunks of later reports follow those of earlier ones.
    const seq = body.seq * 1000 + index
    const data = key.sealText(
      cleanText(line.text, limits.outputChunkBytesMax),
      placeOf.chunk(patch.no, patch.attemptNo, seq),
    )
    return { stepNo: patch.no, attemptNo: patch.attemptNo, seq, stream: line.stream ?? 'stdout', at, data }
  })
}

function patchOf(
  known: Pick<StepPatch, 'no' | 'state' | 'tryCount' | 'attemptNo'> & Partial<StepPatch>,
): StepPatch {
  return {
    processGroup: undefined,
    processStartedAt: undefined,
    startedAt: undefined,
    endedAt: undefined,
    dueAt: undefined,
    errorSummary: undefined,
    ...known,
  }
}

function later(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000)
}
