import { limits } from '@stint/schema/limits'
import type { OutputStream, TaskResult } from '@stint/schema/words'
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
import { cleanText, errorSummaryOf } from './run/error-summary.ts'
import { freshStep } from './run/row-patch.ts'
import { placeOf, type TaskKey } from './seal.ts'
import { isBlocked, isFinal } from './step.ts'
import { findSteps } from './store/step.ts'
import type { TaskRow } from './store/task.ts'
import { resultOf } from './task.ts'

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

/** What a report changes in the rows of its task. Steps are known by name and numbered as they come. */
export async function changeOf(
  sql: Sql,
  at: Date,
  task: TaskRow,
  key: TaskKey,
  body: ReportBody,
  timeoutSeconds: number,
): Promise<Change> {
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
    const done = steps.filter((s) => isFinal(s.state, []) && s.state !== 'CANCELLED').length
    const derived = steps.length === 0 ? 0 : done / steps.length
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

/** The task stops now with this result. */
export function stopChange(task: TaskRow, at: Date, result: Exclude<TaskResult, 'pending'>): Change {
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
  return { ...freshStep(known.no), ...known }
}

export function later(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000)
}
