import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { limits } from '@stint/schema/limits'
import { newId } from '../base/ids.ts'
import { Problem } from '../base/problem.ts'
import type { Sql } from '../postgres/connect.ts'
import { type Change, wholeTask } from './change.ts'
import type { Executor } from './executor.ts'
import { newsOfReport } from './news.ts'
import { changeOf, later, type ReportBody, stopChange } from './report-change.ts'
import { cleanText } from './run/error-summary.ts'
import { findTaskKeys } from './store/payload.ts'
import { findReport } from './store/report.ts'
import { findTasks, type TaskRow } from './store/task.ts'

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
      written: () => resolve(),
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
        },
        claimed: false,
        priority: 0,
        region: undefined,
        templateId: undefined,
        ownerId: request.owner.id,
        ownerName: request.owner.name,
        resolvers: [],
        resolverGroups: [],
        watchers: [],
        watcherGroups: [],
        parent: undefined,
        aboutTaskId: undefined,
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
        links: [],
        wants: [],
        also: executor.newsOfBirth,
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
export function appendReport(
  sql: Sql,
  executor: Executor,
  taskId: string,
  token: string,
  body: ReportBody,
): Promise<boolean> {
  return againWhenOvertaken(() => tryReport(sql, executor, taskId, token, body))
}

/** The row was changed by others between reading and writing it: nothing was written. */
class Overtaken extends Error {}

const triesMax = 5

/** The task stopped in that moment, which the next try tells, or it was given another data key. */
async function againWhenOvertaken<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Overtaken) || tries >= triesMax) throw error
    }
  }
}

async function tryReport(
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
  const change = await changeOf(sql, executor.now(), task, key, body, report.timeoutSeconds)
  tellReport(executor, task, change)
  await write(executor, change)
  return true
}

/** The reporter has been silent for too long: the task stops as report-lost. A report that comes in the same moment wins. */
export function loseReport(sql: Sql, executor: Executor, taskId: string): Promise<void> {
  return againWhenOvertaken(() => tryToLose(sql, executor, taskId))
}

async function tryToLose(sql: Sql, executor: Executor, taskId: string): Promise<void> {
  const [report, [task]] = await Promise.all([findReport(sql, taskId), findTasks(sql, [taskId])])
  if (!report?.isSilent || !task || task.state === 'stopped') return
  const at = executor.now()
  const change = stopChange(task, at, 'error')
  change.task = {
    ...change.task,
    reason: 'report-lost',
    errorSummary: 'the system that reported this task fell silent',
  } as Change['task'] & object
  change.events = [{ at, kind: 'task', name: 'stopped', data: { reason: 'report-lost', result: 'error' } }]
  tellReport(executor, task, change)
  await write(executor, change)
}

function tellReport(executor: Executor, task: TaskRow, change: Change): void {
  const tell = executor.newsOfRun
  const news = tell && newsOfReport(task, change)
  if (tell && news) change.also = () => tell(news)
}

function write(executor: Executor, change: Change): Promise<void> {
  return new Promise((resolve, reject) => {
    executor.flusher.submit({
      kind: 'change',
      change,
      written: () => resolve(),
      fenced: () => reject(new Overtaken('somebody else changed the task')),
      refused: reject,
    })
  })
}
