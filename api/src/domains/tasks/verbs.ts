import type { Permission, TaskReason, TaskState } from '@stint/schema/words'
import { Problem } from '../../base/problem.ts'
import { isBlocked, isRetriable } from '../../engine/step.ts'
import { type Actor, can, canCommandTask, canResolveTask, refused } from '../access/model.ts'
import type { StepRow, TaskRow } from './model.ts'

export const taskVerbs = [
  'cancel',
  'pause',
  'resume',
  'resolve',
  'reject',
  'retry-step',
  'skip-step',
  'review-step',
] as const
export type TaskVerb = (typeof taskVerbs)[number]

/*
 * Who may ask what, and when: a table of verb × person × state. Pages draw their buttons from it, the verbs themselves
 * refuse by it, so a button that is offered works and one that is not says why. The engine decides again, under its locks.
 */
interface Rule {
  readonly permission: Permission
  /** `command` any visible task with the permission, or one's own · `resolve` as its resolver. */
  readonly as: 'command' | 'resolve'
  readonly states: readonly TaskState[]
  /** Within `states`, only these reasons. */
  readonly reasons?: readonly TaskReason[]
  /** Within `states`, not these reasons. */
  readonly notReasons?: readonly TaskReason[]
  /** Why it makes no sense in any other state. */
  readonly otherwise: string
  /** For verbs about a step: does its state allow it? */
  readonly step?: (step: StepRow) => boolean
  readonly otherwiseStep?: string
}

const live = ['scheduled', 'pending', 'running', 'paused'] as const
const unfinished = new Set(['TODO', 'WAITING', 'RETRY_NOW'])

const isOpen = ({ state }: StepRow) => unfinished.has(state) || isRetriable(state) || isBlocked(state)

const rules: Record<TaskVerb, Rule> = {
  cancel: { permission: 'task.command', as: 'command', states: live, otherwise: 'It is over already.' },
  pause: {
    permission: 'task.command',
    as: 'command',
    states: ['pending', 'running'],
    notReasons: ['approval'],
    otherwise: 'Only a queued or running task can be paused.',
  },
  resume: {
    permission: 'task.command',
    as: 'command',
    states: ['paused'],
    notReasons: ['needs-review'],
    otherwise: 'Only a paused task can be resumed; after an interruption, decide about the interrupted step.',
  },
  resolve: {
    permission: 'task.resolve',
    as: 'resolve',
    states: ['pending'],
    reasons: ['approval'],
    otherwise: 'It does not wait for an approval.',
  },
  reject: {
    permission: 'task.resolve',
    as: 'resolve',
    states: ['pending'],
    reasons: ['approval'],
    otherwise: 'It does not wait for an approval.',
  },
  'retry-step': {
    permission: 'task.command',
    as: 'command',
    states: ['paused', 'running'],
    otherwise: 'A step can be retried while its task is paused or running.',
    step: ({ state }) => isRetriable(state) || isBlocked(state),
    otherwiseStep: 'Only a failed step can be retried.',
  },
  'skip-step': {
    permission: 'task.command',
    as: 'command',
    states: ['paused', 'running'],
    otherwise: 'A step can be skipped while its task is paused or running.',
    step: isOpen,
    otherwiseStep: 'Only a step that is neither running nor over can be skipped.',
  },
  'review-step': {
    permission: 'task.command',
    as: 'command',
    states: ['paused'],
    reasons: ['needs-review'],
    otherwise: 'It does not wait for a review.',
    step: ({ state }) => state === 'CRASHED',
    otherwiseStep: 'Only an interrupted step can be reviewed.',
  },
}

export interface CommandAvailability {
  readonly verb: TaskVerb
  readonly allowed: boolean
  readonly whyNot: string | null
  readonly permission: Permission
}

function refusedBecauseOfWho(rule: Rule, actor: Actor | undefined, task: TaskRow): Problem | undefined {
  const { permission } = rule
  if (rule.as === 'command' ? canCommandTask(actor, task) : canResolveTask(actor, task)) return undefined
  if (rule.as === 'command' || !can(actor, permission)) return refused(permission)
  return new Problem(
    'forbidden',
    'Only a resolver of this task, an operator or an administrator may do this.',
    {
      details: { permission },
    },
  )
}

function notNow(task: TaskRow, sentence: string): Problem {
  return new Problem('not-allowed-now', sentence, { details: { state: task.state, reason: task.reason } })
}

function fitsState({ states, reasons, notReasons }: Rule, { state, reason }: TaskRow): boolean {
  if (!states.includes(state)) return false
  if (reason !== null && notReasons?.includes(reason)) return false
  return reasons === undefined || (reason !== null && reasons.includes(reason))
}

function refusedBecauseOfState(
  verb: TaskVerb,
  task: TaskRow,
  step: StepRow | undefined,
): Problem | undefined {
  const rule = rules[verb]
  if (task.kind === 'reported') return notNow(task, 'Another system runs this task; ask for it there.')
  if (!fitsState(rule, task)) return notNow(task, rule.otherwise)
  if (step === undefined || rule.step === undefined || rule.step(step)) return undefined
  return notNow(task, rule.otherwiseStep ?? rule.otherwise)
}

function refusal(
  verb: TaskVerb,
  actor: Actor | undefined,
  task: TaskRow,
  step?: StepRow,
): Problem | undefined {
  return refusedBecauseOfWho(rules[verb], actor, task) ?? refusedBecauseOfState(verb, task, step)
}

function availability(verb: TaskVerb, refused: Problem | undefined): CommandAvailability {
  return {
    verb,
    allowed: refused === undefined,
    whyNot: refused?.message ?? null,
    permission: rules[verb].permission,
  }
}

/** Every verb about a task, with why not. Verbs about steps are offered by the steps. */
export function commandsOfTask(actor: Actor | undefined, task: TaskRow): CommandAvailability[] {
  return taskVerbs
    .filter((verb) => rules[verb].step === undefined)
    .map((verb) => availability(verb, refusal(verb, actor, task)))
}

export function commandsOfStep(
  actor: Actor | undefined,
  task: TaskRow,
  step: StepRow,
): CommandAvailability[] {
  return taskVerbs
    .filter((verb) => rules[verb].step !== undefined)
    .map((verb) => availability(verb, refusal(verb, actor, task, step)))
}

/** Throws `forbidden` or `not-allowed-now` when this verb is not offered to this person now. */
export function demandVerb(verb: TaskVerb, actor: Actor, task: TaskRow, step?: StepRow): void {
  const problem = refusal(verb, actor, task, step)
  if (problem !== undefined) throw problem
}
