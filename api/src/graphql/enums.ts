import {
  type ChannelKind,
  channelKinds,
  type DeliveryState,
  deliveryStates,
  type EventKind,
  type ExecutorState,
  eventKinds,
  executorStates,
  type InputType,
  inputTypes,
  type OutputStream,
  outputStreams,
  type Permission,
  permissions,
  type ReviewDecision,
  type Role,
  reviewDecisions,
  roles,
  type TaskKind,
  type TaskReason,
  type TaskResult,
  type TaskState,
  taskKinds,
  taskReasons,
  taskResults,
  taskStates,
} from '@stint/schema/words'
import { type DeletionRule, deletionRules } from '../domains/tasks/model.ts'
import { type TaskVerb, taskVerbs } from '../domains/tasks/verb-rules.ts'
import { builder } from './builder.ts'

/** `task.view_all` and `waiting-until` as GraphQL may write them: TASK_VIEW_ALL, WAITING_UNTIL. */
export function nameOfWord(word: string): string {
  return word.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}

/** A closed list of words.ts as an enum; every word has its sentence, and the compiler misses the one that lacks it. */
export function wordsEnum<W extends string>(
  name: string,
  description: string,
  words: readonly W[],
  sentences: Record<W, string>,
) {
  const values = words.map(
    (word) => [nameOfWord(word), { value: word, description: sentences[word] }] as const,
  )
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(values) as Record<string, { value: W }>,
  })
}

export const TaskKindEnum = wordsEnum<TaskKind>('TaskKind', 'Who does the work of a task.', taskKinds, {
  run: 'Our engine runs its steps.',
  reported: 'Another system does the work and reports it here.',
})

export const TaskStateEnum = wordsEnum<TaskState>('TaskState', 'Where a task stands.', taskStates, {
  scheduled: 'Not due yet: waits for its time or for other tasks.',
  pending: 'Due; waits for an executor or for a person.',
  running: 'Being advanced, or an event or due time will wake it.',
  paused: 'Needs a person; resume continues where it stopped.',
  stopped: 'Over.',
})

export const TaskResultEnum = wordsEnum<TaskResult>('TaskResult', 'How a task ended.', taskResults, {
  pending: 'It has not ended.',
  success: 'Everything was done.',
  warning: 'Done, but a step was skipped by hand or failed tolerably.',
  error: 'It failed.',
  cancelled: 'It was cancelled or rejected.',
})

export const TaskReasonEnum = wordsEnum<TaskReason>(
  'TaskReason',
  'Why a task is in its state.',
  taskReasons,
  {
    'start-at': 'Its start time has not come.',
    dependency: 'Other tasks must stop first.',
    queued: 'Waits for a free executor.',
    approval: 'Waits for a resolver to accept it.',
    lock: 'Waits for a lock that another task holds.',
    capacity: 'Waits for a limit to have room.',
    'waiting-subtask': 'Waits for a task that it started.',
    'waiting-callback': 'Waits for a call from outside.',
    'waiting-input': 'Waits for a person to answer.',
    'waiting-until': 'Waits for an instant that a step chose.',
    retrying: 'A step failed and is tried again at its due time.',
    'by-user': 'A person paused it.',
    'by-parent': 'A person paused the task that started it.',
    'step-failed': 'A step failed in a way that a retry does not mend.',
    'retries-exhausted': 'A step failed as often as it may.',
    deadlock: 'Its steps wait for each other.',
    'needs-review': 'An executor died in the middle of a step; somebody must say what happened.',
    'input-invalid':
      'It cannot be run as it is: its inputs do not fit its template, or the database refuses what it says.',
    rejected: 'A resolver refused it.',
    'missed-deadline': 'It could not start before its deadline.',
    cancelled: 'A person or program cancelled it.',
    halted: 'It was halted.',
    unlocked: 'It was given up to free its locks.',
    'dependency-failed': 'A task that it needed failed.',
    'lock-conflict': 'A lock that it needs is held.',
    'report-lost': 'The system that does the work fell silent.',
  },
)

export const PermissionEnum = wordsEnum<Permission>(
  'Permission',
  'What a person or token may be allowed.',
  permissions,
  {
    'task.view': 'See tasks that one owns, resolves or watches.',
    'task.view_all': 'See every task.',
    'task.create': 'Start tasks, and cancel, pause or resume one’s own.',
    'task.command': 'Cancel, pause, resume, retry and skip on any visible task.',
    'task.resolve': 'Accept, reject and answer tasks that name one as resolver.',
    'task.dangerous': 'Unlock and force.',
    'task.delete': 'Delete tasks that are over.',
    'task.edit': 'Set the states of steps and change the request of a paused task.',
    'task.report': 'Report tasks that another system runs.',
    'template.view': 'See templates.',
    'template.manage': 'Write and block templates.',
    'executor.view': 'See executors.',
    'setting.view': 'See settings.',
    'setting.manage': 'Change settings.',
    'user.manage': 'Manage people and what they may do.',
    'audit.view': 'Read the audit record.',
    'graphql.explore': 'Use GraphiQL and introspection.',
    'metrics.view': 'Read metrics.',
    console: 'See the low-level rows of a task.',
    'key.manage': 'Rotate the keys that payloads are sealed with.',
    'maintenance.manage': 'Switch maintenance mode on and off.',
    'channel.manage': 'Manage the channels of notifications.',
  },
)

export const RoleEnum = wordsEnum<Role>('Role', 'A named set of permissions.', roles, {
  admin: 'Everything.',
  operator: 'Sees, starts, commands and resolves every task.',
  resolver: 'Starts tasks and resolves those that name the person.',
  viewer: 'Sees everything, changes nothing.',
})

export const ReviewDecisionEnum = wordsEnum<ReviewDecision>(
  'ReviewDecision',
  'The answer to a step whose executor died while it ran.',
  reviewDecisions,
  {
    'run-again': 'It may run again from its start.',
    'mark-done': 'It did its work; continue with the given output.',
    skip: 'Go on without it; the task can end as warning at best.',
    fail: 'It failed.',
  },
)

export const ExecutorStateEnum = wordsEnum<ExecutorState>(
  'ExecutorState',
  'How an executor is.',
  executorStates,
  {
    alive: 'Takes and advances tasks.',
    draining: 'Finishes what it has and takes nothing new.',
    stopped: 'Ended cleanly.',
    dead: 'Fell silent; others took its tasks over.',
  },
)

export const OutputStreamEnum = wordsEnum<OutputStream>(
  'OutputStream',
  'Where a piece of output came from.',
  outputStreams,
  {
    stdout: 'Standard output of a process.',
    stderr: 'Standard error of a process.',
    log: 'Said by the action itself.',
  },
)

export const ChannelKindEnum = wordsEnum<ChannelKind>(
  'ChannelKind',
  'What a channel of notifications speaks.',
  channelKinds,
  {
    webhook: 'HTTP requests with JSON, signed.',
    slack: 'The incoming webhook of Slack and of those who speak like it.',
    email: 'Mail over SMTP.',
  },
)

export const DeliveryStateEnum = wordsEnum<DeliveryState>(
  'DeliveryState',
  'How it is with one notification for one channel.',
  deliveryStates,
  {
    waiting: 'It is on its way, or will be tried again.',
    delivered: 'The channel has taken it.',
    failed: 'Nobody tries it again unless a person asks for it.',
  },
)

export const EventKindEnum = wordsEnum<EventKind>(
  'EventKind',
  'What an entry on the record of a task is about.',
  eventKinds,
  {
    task: 'The task changed its state.',
    step: 'A step changed in a way that no attempt shows.',
    command: 'A person or program asked for something.',
    comment: 'Somebody wrote a comment.',
    report: 'The reporting system said something.',
  },
)

export const InputTypeEnum = wordsEnum<InputType>('InputType', 'What a template input takes.', inputTypes, {
  string: 'Text.',
  number: 'A number.',
  bool: 'True or false.',
  password: 'Text that is never shown again.',
})

export const DeletionRuleEnum = wordsEnum<DeletionRule>(
  'DeletionRule',
  'What decides how long a task is kept once it is over.',
  deletionRules,
  {
    cleanup_after: 'Its template.',
    keep_tasks_for: 'The setting of the installation.',
  },
)

export const TaskVerbEnum = wordsEnum<TaskVerb>(
  'TaskVerb',
  'What can be asked of a task or a step.',
  taskVerbs,
  {
    cancel: 'End it; running actions are stopped.',
    'force-cancel': 'End it at once: what runs is killed, whoever held it can write nothing more.',
    unlock: 'Give up a paused task and free its locks.',
    'force-unlock': 'Give up a task wherever it stands and free its locks.',
    pause: 'Start no further step until it is resumed.',
    resume: 'Continue where it stopped.',
    'start-over': 'Begin again from the first step; of a task that is over, as a new task.',
    'extend-retries': 'Give it as many automatic retries again.',
    'edit-request': 'Change its inputs and tags.',
    'set-people': 'Name its watchers and resolvers.',
    delete: 'Delete it for good, with all that belongs to it.',
    resolve: 'Accept it, so that it runs.',
    reject: 'Refuse it; it ends as rejected.',
    'retry-step': 'Run a failed step again.',
    'skip-step': 'Go on without a step; the task can end as warning at best.',
    'answer-input': 'Answer a step that asks a person.',
    'review-step': 'Say what happened to an interrupted step.',
    'set-step-state': 'Put a step of a paused task into another state.',
  },
)

export const TaskOrderEnum = builder.enumType('TaskOrder', {
  description: 'The order of a list of tasks.',
  values: {
    CREATED_DESC: { value: 'newer-first', description: 'Newest first.' },
    CREATED_ASC: { value: 'older-first', description: 'Oldest first.' },
  } as const,
})
