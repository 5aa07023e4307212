import type { StepPatch, TaskPatch } from '../change.ts'
import type { StepRow } from '../store/step.ts'
import type { TaskRow } from '../store/task.ts'

/** What of a task row may change, as the row stands. */
export function patchOfTask(row: TaskRow): TaskPatch {
  return {
    title: row.title,
    state: row.state,
    result: row.result,
    reason: row.reason ?? undefined,
    progress: row.progress,
    takeovers: row.takeovers,
    retryCount: row.retryCount,
    tags: { ...row.tags },
    errorSummary: row.errorSummary ?? undefined,
    errorFingerprint: row.errorFingerprint ?? undefined,
    startAt: row.startAt ?? undefined,
    startedAt: row.startedAt ?? undefined,
    endedAt: row.endedAt ?? undefined,
    stateUpdatedAt: row.stateUpdatedAt,
  }
}

/** What of a step row may change, as the row stands. */
export function patchOfStep(row: StepRow): StepPatch {
  return {
    no: row.no,
    parentNo: row.parentNo ?? undefined,
    itemIndex: row.itemIndex ?? undefined,
    state: row.state,
    tryCount: row.tryCount,
    attemptNo: row.attemptNo,
    groupNo: row.groupNo,
    processGroup: row.processGroup ?? undefined,
    processStartedAt: row.processStartedAt ?? undefined,
    lastExecutorId: row.executorId ?? undefined,
    startedAt: row.startedAt ?? undefined,
    endedAt: row.endedAt ?? undefined,
    dueAt: row.dueAt ?? undefined,
    errorSummary: row.errorSummary ?? undefined,
  }
}

/** A step that never ran. */
export function freshStep(no: number): StepPatch {
  return {
    no,
    parentNo: undefined,
    itemIndex: undefined,
    state: 'TODO',
    tryCount: 0,
    attemptNo: 0,
    groupNo: 0,
    processGroup: undefined,
    processStartedAt: undefined,
    lastExecutorId: undefined,
    startedAt: undefined,
    endedAt: undefined,
    dueAt: undefined,
    errorSummary: undefined,
  }
}
