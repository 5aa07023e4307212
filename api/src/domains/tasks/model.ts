import type { Template } from '@stint/schema/template-types'
import type {
  EventKind,
  ExecutorRole,
  ExecutorState,
  OutputStream,
  ReviewDecision,
  SignalKind,
  TaskKind,
  TaskReason,
  TaskResult,
  TaskState,
} from '@stint/schema/words'
import type { TaskNote } from '../../engine/notes.ts'
import type { NewTask } from '../../engine/start.ts'
import type { AnySql } from '../../postgres/connect.ts'
import type { TaskAccess } from '../access/model.ts'
import type { FieldProblem } from './input-problem.ts'

/*
 * Tasks as people list, read and command them. The engine runs them and writes every row; this folder only reads rows and
 * hands commands on. Rows are shared between all who may see them, so they are never changed after they were read.
 */

export interface TaskRow extends TaskAccess {
  readonly id: string
  readonly kind: TaskKind
  readonly label: string
  readonly title: string
  readonly state: TaskState
  readonly result: TaskResult
  readonly reason: TaskReason | null
  readonly executorId: string | null
  readonly epoch: number
  readonly takeovers: number
  readonly lastSeq: number
  readonly progress: number
  readonly priority: number
  readonly region: string | null
  readonly templateId: string | null
  readonly ownerName: string
  readonly parentId: string | null
  readonly parentStepNo: number | null
  readonly tags: Readonly<Record<string, string>>
  readonly errorSummary: string | null
  readonly startAt: Date | null
  readonly startBefore: Date | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  /** How long its template keeps it once it is over; null: as long as the installation says. */
  readonly keepSeconds: number | null
  readonly stateUpdatedAt: Date
}

export interface StepRow {
  readonly taskId: string
  readonly no: number
  readonly name: string
  readonly parentNo: number | null
  readonly itemIndex: number | null
  readonly state: string
  readonly tryCount: number
  /** Of the newest attempt, also while it runs; 0 before the first. */
  readonly attemptNo: number
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  readonly dueAt: Date | null
  readonly errorSummary: string | null
}

/** A recorded try; its output and full error are encrypted and read through the engine. */
export interface AttemptRow {
  readonly taskId: string
  readonly stepNo: number
  readonly no: number
  readonly tryNo: number
  readonly state: string
  readonly executorId: string | null
  readonly startedAt: Date
  readonly endedAt: Date
  readonly errorSummary: string | null
}

export interface EventRow {
  readonly taskId: string
  readonly seq: number
  readonly at: Date
  readonly kind: EventKind
  readonly name: string
  readonly stepNo: number | null
  readonly actor: string | null
  readonly data: unknown
}

export interface OutputChunk {
  readonly stepNo: number
  readonly attemptNo: number
  readonly seq: number
  readonly stream: OutputStream
  readonly at: Date
  readonly text: string
}

export interface ExecutorRow {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly version: string
  readonly region: string | null
  readonly role: ExecutorRole
  readonly state: ExecutorState
  readonly capacity: number
  readonly startedAt: Date
  readonly heartbeatAt: Date
  /** Tasks it owns now. */
  readonly tasks: number
  /** Hints it took from the queue since it started. */
  readonly hints: number
  /** Actions that run in it now. */
  readonly running: number
  /** Silent executors whose tasks it took over, as the leader. */
  readonly takeovers: number
  readonly flushesPerSecond: number | null
  readonly isLeader: boolean
}

/** How the engine is, over all processes. */
export interface EngineFigures {
  /** Hints that wait in the queue. */
  readonly hints: number
  /** Tasks that an executor could take and none has. */
  readonly waiting: number
  readonly oldestWaitingSeconds: number | null
  /** Of the last day. */
  readonly takeovers: number
  /** Tasks without a hint that the safety net found in the last day; 0 unless connections were cut. */
  readonly foundByNet: number
  /** By how many tasks the numbers on the cards were wrong in the last day; 0 unless something wrote past the engine. */
  readonly countsRepaired: number
  readonly leaderId: string | null
}

export interface StepStateCount {
  readonly state: string
  readonly count: number
}

/** What a failed attempt leaves behind, decrypted. */
export interface StepErrorValue {
  readonly message: string
  readonly kind: string
  readonly detail?: string
}

/** What one recorded attempt left behind, opened and masked. */
export interface AttemptValues {
  readonly stepNo: number
  readonly no: number
  readonly output: unknown
  readonly metadata: unknown
  /** Of a loop: the list that it came to. */
  readonly items?: readonly unknown[] | undefined
  readonly error: StepErrorValue | undefined
}

/** What people and programs may ask of a running, waiting or failed task. */
export type TaskCommand =
  | {
      readonly kind: 'cancel' | 'resume' | 'reject' | 'start-over' | 'extend-retries'
      readonly reason?: string | null
    }
  | {
      readonly kind: 'pause'
      readonly reason?: string | null
      /** Its children go on. */
      readonly alone?: boolean | null
    }
  | DangerousCommand
  | { readonly kind: 'resolve'; readonly resolverInput?: Record<string, unknown> | null }
  | { readonly kind: 'retry-step' | 'skip-step'; readonly stepNo: number; readonly reason?: string | null }
  | {
      readonly kind: 'review-step'
      /** Absent: all that were interrupted. */
      readonly stepNo?: number
      readonly decision: ReviewDecision
      readonly output?: unknown
      readonly reason?: string | null
    }
  | {
      readonly kind: 'set-step-state'
      readonly stepNo: number
      readonly state: string
      readonly reason?: string | null
    }
  | { readonly kind: 'comment'; readonly text: string }

/** What leaves things half done, or lets others at what was locked: only with a reason, and on the audit record. */
export interface DangerousCommand {
  readonly kind: 'force-cancel' | 'unlock' | 'force-unlock'
  readonly reason: string
  /** The consequences were read. */
  readonly confirm: boolean
}

/** What a task was started with and what became of it, opened; secrets are masked. */
export interface TaskValues {
  readonly input: Readonly<Record<string, unknown>>
  readonly resolverInput: Readonly<Record<string, unknown>> | undefined
  /** Rendered from the template's result format when the task stopped. */
  readonly outcome: unknown
  /** What it runs, whatever became of the template since. */
  readonly definition: Template | undefined
}

/** What a step asks of a person or of another system; secrets in the form are masked. */
export interface StepQuestion {
  readonly taskId: string
  readonly stepNo: number
  readonly kind: 'callback' | 'input'
  readonly form: {
    readonly title?: string
    readonly description?: string
    readonly schema?: Readonly<Record<string, unknown>>
  }
  readonly createdAt: Date
  readonly expiresAt: Date | undefined
  readonly answeredAt: Date | undefined
  readonly isOpen: boolean
  /** Of a callback, with its token: only for those who may command the task. */
  readonly url: string | undefined
}

/** What a person is waited for: to accept a task, to answer a step, to decide about an interrupted step, to look at a paused task. */
export const attentionKinds = ['approval', 'input', 'review', 'paused'] as const
export type AttentionKind = (typeof attentionKinds)[number]

/** What the engine must know of a task to open its values. */
export type SealedTask = Pick<TaskRow, 'id' | 'templateId'>

/** What this folder needs of the engine (engine/engine.ts is one): commands go in, sealed values come out. */
export interface TaskEngine {
  /** Durable when it resolves. The same idempotency key of the same owner gives the task that was made with it. */
  createTask(request: NewTask): Promise<{ id: string; isNew: boolean; isCoalesced?: true }>
  /** Durable when it resolves; applied at once where possible. Throws `not-found`, `not-allowed-now`. */
  command(
    taskId: string,
    command: { kind: SignalKind; actor: string; stepNo?: number; payload?: unknown },
    /** Commits with the command. */
    alongside?: (tx: AnySql) => Promise<void>,
  ): Promise<void>
  /** What a resolver filled in, against the template of the task: what is wrong with it, and the values with their defaults. */
  checkApproval(
    taskId: string,
    given: Readonly<Record<string, unknown>>,
  ): Promise<{ problems: readonly FieldProblem[]; values: Record<string, unknown> }>
  /** What is wrong with the edit; nothing when it is carried out. */
  editRequest(
    taskId: string,
    actor: string,
    edit: {
      input?: Readonly<Record<string, unknown>>
      resolverInput?: Readonly<Record<string, unknown>>
      tags?: Readonly<Record<string, string>>
    },
  ): Promise<readonly FieldProblem[]>
  /** A new task like one that is over; undefined when there is no such task. */
  startOver(taskId: string, actor: string): Promise<{ id: string } | undefined>
  /** Tells an executor to drain or to go on, in this transaction. False when it is over. */
  orderDrain(tx: AnySql, executorId: string, drains: boolean): Promise<boolean>
  /** Whoever holds the task, also when it is over. */
  note(taskId: string, note: TaskNote): Promise<void>
  readonly outside: {
    readonly questions: {
      /** A person answers an open input. Throws `AnswerProblem`, `not-allowed-now`. */
      answerInput(questionId: string, by: string, answer: unknown): Promise<void>
    }
  }
  /** Also on a task that is over. */
  comment(taskId: string, actor: string, text: string): Promise<void>
  readonly reader: {
    values(task: SealedTask): Promise<TaskValues | undefined>
    /** Every recorded attempt of these steps, newest first. */
    attempts(task: SealedTask, stepNos: readonly number[]): Promise<readonly AttemptValues[]>
    /** Only the newest recorded attempt of each. */
    lastAttempts(task: SealedTask, stepNos: readonly number[]): Promise<readonly AttemptValues[]>
    /** The newest question of each of these steps, and of those that wait for it. */
    questions(
      keys: readonly { readonly task: SealedTask; readonly stepNo: number }[],
    ): Promise<readonly StepQuestion[]>
    /** Chunks with seq > `after`, ascending. */
    log(
      taskId: string,
      stepNo: number,
      attemptNo: number,
      after: number,
      limit: number,
    ): Promise<readonly OutputChunk[]>
  }
}

/** What decides how long a task is kept: its template, or a setting of the installation. */
export const deletionRules = ['cleanup_after', 'keep_tasks_for'] as const
export type DeletionRule = (typeof deletionRules)[number]

/** What is known for a while of a task that was deleted. */
export interface DeletedTask extends TaskAccess {
  readonly id: string
  readonly deletedAt: Date
  /** Null when the audit record does not say. */
  readonly deletedBy: string | null
  readonly reason: string | null
  /** Null when a person deleted it. */
  readonly rule: DeletionRule | null
}
