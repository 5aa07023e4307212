/**
 * The closed lists of the product: one list, many readers. SQL checks, GraphQL enums, labels, search values and tests
 * all take their names from here; a test proves that the database and the printed SDL say the same.
 */

/** How a task is advanced: by our engine, or by another system that reports to us. */
export const taskKinds = ['run', 'reported'] as const
export type TaskKind = (typeof taskKinds)[number]

/** `scheduled` not due · `pending` due, waits for an executor or a person · `running` · `paused` needs a person · `stopped` over. */
export const taskStates = ['scheduled', 'pending', 'running', 'paused', 'stopped'] as const
export type TaskState = (typeof taskStates)[number]

/** `pending` until the task stops. */
export const taskResults = ['pending', 'success', 'warning', 'error', 'cancelled'] as const
export type TaskResult = (typeof taskResults)[number]

/** Answers "why is it in this state?"; which reasons a state may have is in `reasonsOfState`. */
export const taskReasons = [
  'start-at',
  'dependency',
  'queued',
  'approval',
  'lock',
  'capacity',
  'waiting-subtask',
  'waiting-callback',
  'waiting-input',
  'waiting-until',
  'retrying',
  'by-user',
  'by-parent',
  'step-failed',
  'retries-exhausted',
  'deadlock',
  'needs-review',
  'input-invalid',
  'rejected',
  'missed-deadline',
  'cancelled',
  'halted',
  'unlocked',
  'dependency-failed',
  'lock-conflict',
  'report-lost',
] as const
export type TaskReason = (typeof taskReasons)[number]

export const reasonsOfState: Record<TaskState, readonly TaskReason[]> = {
  scheduled: ['start-at', 'dependency'],
  pending: ['queued', 'approval', 'lock', 'capacity'],
  running: ['waiting-subtask', 'waiting-callback', 'waiting-input', 'waiting-until', 'retrying'],
  paused: [
    'by-user',
    'by-parent',
    'step-failed',
    'retries-exhausted',
    'deadlock',
    'needs-review',
    'input-invalid',
  ],
  stopped: [
    'rejected',
    'missed-deadline',
    'cancelled',
    'halted',
    'unlocked',
    'dependency-failed',
    'lock-conflict',
    'report-lost',
  ],
}

/**
 * The states templates name (µTask's words), plus SKIPPED (by hand) and CANCELLED.
 * A template may add custom states of its own, which are final and count as success.
 */
export const stepStates = [
  'TODO',
  'RUNNING',
  'DONE',
  'CLIENT_ERROR',
  'SERVER_ERROR',
  'FATAL_ERROR',
  'CRASHED',
  'PRUNE',
  'TO_RETRY',
  'RETRY_NOW',
  'AFTERRUN_ERROR',
  'EXPANDED',
  'WAITING',
  'SKIPPED',
  'CANCELLED',
] as const
export type StepState = (typeof stepStates)[number]

/** What a failed step does to its task. */
export const onErrorChoices = ['pause', 'fail', 'skip'] as const
export type OnError = (typeof onErrorChoices)[number]

/** What reaches a task from outside; see engine/mailbox. */
export const signalKinds = [
  'cancel',
  'force-cancel',
  'resolve',
  'reject',
  'pause',
  'resume',
  'parent-paused',
  'parent-resumed',
  'due',
  'dependency',
  'subtask',
  'callback',
  'input',
  'retry-step',
  'skip-step',
  'review-step',
  'lock',
  'unlock',
  'force-unlock',
  'set-step-state',
  'start-over',
  'extend-retries',
  'edit-request',
  'set-people',
] as const
export type SignalKind = (typeof signalKinds)[number]

/** Kinds of rows on the record of a task. */
export const eventKinds = ['task', 'step', 'command', 'comment', 'report'] as const
export type EventKind = (typeof eventKinds)[number]

/** Answers to a step whose executor died while it ran and that is not idempotent. */
export const reviewDecisions = ['run-again', 'mark-done', 'skip', 'fail'] as const
export type ReviewDecision = (typeof reviewDecisions)[number]

export const executorStates = ['alive', 'draining', 'stopped', 'dead'] as const
export type ExecutorState = (typeof executorStates)[number]

export const executorRoles = ['serve', 'work', 'both'] as const
export type ExecutorRole = (typeof executorRoles)[number]

/** Everything a person or token may be allowed; nothing is allowed that is not listed. */
export const permissions = [
  'task.view',
  'task.view_all',
  'task.create',
  'task.command',
  'task.resolve',
  'task.dangerous',
  'task.delete',
  'task.edit',
  'task.report',
  'template.view',
  'template.manage',
  'executor.view',
  'setting.view',
  'setting.manage',
  'user.manage',
  'audit.view',
  'graphql.explore',
  'metrics.view',
  'console',
  'key.manage',
  'maintenance.manage',
  'channel.manage',
] as const
export type Permission = (typeof permissions)[number]

export const roles = ['admin', 'operator', 'resolver', 'viewer'] as const
export type Role = (typeof roles)[number]

export const inputTypes = ['string', 'number', 'bool', 'password'] as const
export type InputType = (typeof inputTypes)[number]

/** Where notifications can go. */
export const channelKinds = ['webhook', 'slack', 'email'] as const
export type ChannelKind = (typeof channelKinds)[number]

/** How it is with one notification for one channel. */
export const deliveryStates = ['waiting', 'delivered', 'failed'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** What is told, in µTask's words for the first three; `message` comes from a step, `test` from somebody who tries a channel. */
export const notificationTypes = [
  'task_state_update',
  'task_step_update',
  'task_validation',
  'task_input',
  'message',
  'test',
] as const
export type NotificationType = (typeof notificationTypes)[number]

/** Which of the news a channel tells. */
export const notificationStrategies = ['always', 'failure_only', 'failure_or_done', 'silent'] as const
export type NotificationStrategy = (typeof notificationStrategies)[number]

export const outputStreams = ['stdout', 'stderr', 'log'] as const
export type OutputStream = (typeof outputStreams)[number]
