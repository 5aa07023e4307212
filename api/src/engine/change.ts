import type {
  EventKind,
  OutputStream,
  SignalKind,
  TaskReason,
  TaskResult,
  TaskState,
} from '@stint/schema/words'
import type { Link, Take, TakeAnswer, Want } from './lock.ts'

/*
 * What travels in a flush: everything one task changes between two commits. A task has at most one change in the flush
 * queue; what happens meanwhile collects in the next one. That keeps the order of its history and each row written once.
 */

/** The mutable part of a task row; written whole, since the runner that holds the task knows all of it. */
export interface TaskPatch {
  title: string
  state: TaskState
  result: TaskResult
  reason: TaskReason | undefined
  progress: number
  takeovers: number
  retryCount: number
  tags: Record<string, string>
  errorSummary: string | undefined
  errorFingerprint: string | undefined
  startAt: Date | undefined
  startedAt: Date | undefined
  endedAt: Date | undefined
  stateUpdatedAt: Date
}

/** Who may see and resolve a task besides its owner; written by a note, never by a runner. */
export interface TaskPeople {
  readonly watchers?: readonly string[]
  readonly watcherGroups?: readonly string[]
  readonly resolvers?: readonly string[]
  readonly resolverGroups?: readonly string[]
}

/** The mutable part of a step row. */
export interface StepPatch {
  no: number
  /** Of an item of a loop: the loop's number and the place in its list; written once, with the row. */
  parentNo?: number | undefined
  itemIndex?: number | undefined
  state: string
  tryCount: number
  attemptNo: number
  /** The attempt that began the group of tries it is in; 0 before that. A person begins a new group, a retry does not. */
  groupNo: number
  processGroup: number | undefined
  processStartedAt: string | undefined
  startedAt: Date | undefined
  endedAt: Date | undefined
  dueAt: Date | undefined
  errorSummary: string | undefined
  /** The executor that wrote it last, where that was another one; whoever writes a step stands in its row. */
  readonly lastExecutorId?: string | undefined
}

export interface NewStep {
  readonly no: number
  readonly name: string
  readonly state: string
  readonly parentNo?: number | undefined
  readonly itemIndex?: number | undefined
  /** Set for a step that is born running. */
  readonly patch?: StepPatch
}

/** Appended once, when a try ends. */
export interface AttemptRow {
  readonly stepNo: number
  readonly no: number
  readonly tryNo: number
  readonly state: string
  readonly startedAt: Date
  readonly endedAt: Date
  readonly output: Buffer | undefined
  readonly error: Buffer | undefined
  readonly errorSummary: string | undefined
  readonly errorFingerprint: string | undefined
  /** The executor that ran it, where another one writes that down. */
  readonly executorId?: string | undefined
}

export interface EventDraft {
  readonly at: Date
  readonly kind: EventKind
  /** For `task` the new state, for `step` the new state, for `command` its verb. */
  readonly name: string
  readonly stepNo?: number
  readonly actor?: string
  /** Small and masked: it is stored in clear. */
  readonly data?: Record<string, unknown>
}

export interface OutputRow {
  readonly stepNo: number
  readonly attemptNo: number
  readonly seq: number
  readonly stream: OutputStream
  readonly at: Date
  readonly data: Buffer
}

/** A step number of -1 means the task itself. */
export const wholeTask = -1

/** `lock`: a task has waited for its locks as long as it wants to · `rate`: a start leaves the window of a rate. */
export type TimerKind = 'start' | 'deadline' | 'retry' | 'wait' | 'report' | 'lock' | 'rate'

export interface TimerRow {
  readonly taskId: string
  readonly stepNo: number
  readonly kind: TimerKind
  readonly dueAt: Date
}

export interface TimerKey {
  readonly stepNo: number
  readonly kind: TimerKind
}

export interface NewSignal {
  readonly taskId: string
  readonly kind: SignalKind
  readonly stepNo?: number
  readonly actor: string
  readonly payload?: Buffer
}

/** What a runner that holds a task wants written. */
export interface Change {
  readonly taskId: string
  /** The runner's epoch: with another one in the row the change is refused whole. */
  readonly epoch: number
  task?: TaskPatch
  steps?: StepPatch[]
  newSteps?: NewStep[]
  attempts?: AttemptRow[]
  events?: EventDraft[]
  output?: OutputRow[]
  timers?: TimerRow[]
  clearTimers?: TimerKey[]
  appliedSignals?: (number | bigint)[]
  signalsTo?: NewSignal[]
  /** Tasks that a step of this one gives birth to: written if and only if the rest of this change is. */
  births?: Birth[]
  /** What the installation starts because of this change, such as notifications; asked once it is sure to be written. */
  also?: () => readonly Birth[]
  /** Every living child that stops with its parent is told this, also those born in this very flush. */
  tellChildren?: WordToChildren
  /** What its steps have given birth to is no longer theirs: they begin anew. */
  disownsChildren?: boolean
  /** Locks and slots asked for; the answers come with the commit. */
  takes?: Take[]
  /** Steps that give back what they hold or wait for; with `wholeTask` everything goes. */
  frees?: number[]
  /** Resources that the task names from now on. */
  links?: readonly Link[]
  /** Resources that the task no longer names. */
  dropLinks?: readonly Link[]
  result?: Buffer
  input?: Buffer
  resolverInput?: Buffer
  /** From a reporter: its own number of this report; one that was written already is ignored. */
  report?: { readonly clientSeq: number; readonly timeoutSeconds: number }
  /** Hand the task back; done only when no signal is left for it. */
  release?: boolean
  /** With `release`: somebody should look at it again at once. */
  wake?: boolean
}

export interface WordToChildren {
  readonly kind: 'cancel' | 'force-cancel' | 'parent-paused' | 'parent-resumed'
  readonly actor: string
}

/** Which step a child was born from; group and index name it among the children of that step, so that it is never born twice. */
export interface Parentage {
  readonly id: string
  readonly stepNo: number
  /** The attempt that gave birth: also a retry by a condition does so anew, so this is finer than the group of tries. */
  readonly group: number
  readonly index: number
  /** Ancestors above the child, at least 1. */
  readonly depth: number
  /** False: it goes on when its parent is stopped. */
  readonly stopsWithParent: boolean
}

/** A task and all it is born with. */
export interface Birth {
  readonly id: string
  readonly kind: 'run' | 'reported'
  readonly label: string
  readonly task: TaskPatch
  /** The creating executor holds it from the first moment, with epoch 1. */
  readonly claimed: boolean
  readonly priority: number
  readonly region: string | undefined
  readonly templateId: string | undefined
  readonly ownerId: string | undefined
  readonly ownerName: string
  /** Of the owner at this moment; for templates only. */
  readonly ownerGroups?: readonly string[]
  readonly resolvers: readonly string[]
  readonly resolverGroups: readonly string[]
  readonly watchers: readonly string[]
  readonly watcherGroups: readonly string[]
  /** Of a task that a step gave birth to. */
  readonly parent: Parentage | undefined
  /** What the installation starts because of it; asked with the birth as it is written. */
  readonly also?: ((birth: Birth) => readonly Birth[]) | undefined
  /** Internal: shown to nobody among the tasks; see NewTask. */
  readonly aboutTaskId: string | undefined
  readonly idempotencyKey: string | undefined
  /** Once it is over; absent: as long as the installation says. */
  readonly keepSeconds?: number | undefined
  readonly startBefore: Date | undefined
  readonly createdAt: Date
  readonly keyId: string
  readonly wrappedKey: Buffer
  readonly definition: Buffer | undefined
  readonly input: Buffer | undefined
  readonly resolverInput: Buffer | undefined
  readonly dependsOn: readonly string[]
  readonly steps: readonly NewStep[]
  readonly timers: readonly TimerRow[]
  readonly events: readonly EventDraft[]
  readonly report: { tokenHash: Buffer; timeoutSeconds: number } | undefined
  readonly links: readonly Link[]
  /** Asked for at birth: a task that does not get them, and does not want to wait, is not born. */
  readonly wants: readonly Want[]
  /** The same task, born waiting for them. */
  whenWaiting?(answer: TakeAnswer): Birth
}
