import type { Permission, TaskState } from '@stint/schema/words'
import { Problem } from '../../base/problem.ts'
import { isBlocked, isOpen, isRetriable } from '../../engine/step.ts'
import { isRevivable } from '../../engine/task.ts'
import {
  type Actor,
  can,
  canAnswer,
  canCommandTask,
  canResolveTask,
  canSeeTask,
  type QuestionAccess,
  refused,
} from '../access/model.ts'
import { isTemplateOwner, type TemplateRights } from './approval.ts'
import type { StepRow, TaskRow } from './model.ts'

export const taskVerbs = [
  'cancel',
  'force-cancel',
  'unlock',
  'force-unlock',
  'pause',
  'resume',
  'start-over',
  'extend-retries',
  'edit-request',
  'set-people',
  'delete',
  'resolve',
  'reject',
  'retry-step',
  'skip-step',
  'review-step',
  'set-step-state',
  'answer-input',
] as const
export type TaskVerb = (typeof taskVerbs)[number]

/** What a judgement needs to know besides the rows. */
export interface VerbFacts {
  /** The setting allow_dangerous_actions. */
  readonly allowDangerous: boolean
  /** What the task's template says about people; absent for a task with a definition of its own. */
  readonly template: TemplateRights | undefined
  /** What the step asks a person now. */
  readonly question?: QuestionAccess | undefined
}

/** Why this person may not, whatever the state of the task; undefined when he may. */
type Who = (actor: Actor | undefined, task: TaskRow, facts: VerbFacts) => Problem | undefined

/*
 * Who may ask what, and when: a table of verb × person × state. Pages draw their buttons from it, the verbs themselves
 * refuse by it, so a button that is offered works and one that is not says why. The engine decides again, under its locks.
 */
export interface Rule {
  /** The one that is named when it is missing. */
  readonly permission: Permission
  readonly who: Who
  readonly when: (task: TaskRow) => boolean
  /** Why it makes no sense in any other state. */
  readonly otherwise: string | ((task: TaskRow) => string)
  /** For verbs about a step: does its state allow it? */
  readonly step?: (step: StepRow, facts: VerbFacts) => boolean
  readonly otherwiseStep?: string
  /** Also for tasks that another system runs. */
  readonly reportedToo?: boolean
}

const commander: Who = (actor, task) => (canCommandTask(actor, task) ? undefined : refused('task.command'))

const resolver: Who = (actor, task) => {
  if (canResolveTask(actor, task)) return undefined
  if (!can(actor, 'task.resolve')) return refused('task.resolve')
  return forbidden(
    'task.resolve',
    'Only a resolver of this task, an operator or an administrator may do this.',
  )
}

const daredevil: Who = (actor, task, { allowDangerous }) => {
  if (!can(actor, 'task.dangerous') || !canSeeTask(actor, task)) return refused('task.dangerous')
  if (allowDangerous) return undefined
  return forbidden(
    'task.dangerous',
    'Dangerous actions are switched off; the setting allow_dangerous_actions allows them.',
  )
}

/** Administrators, and those whom the template itself names. */
const editor: Who = (actor, task, { template }) => {
  if (actor === undefined || !canSeeTask(actor, task)) return refused('task.edit')
  if (can(actor, 'task.edit') || isTemplateOwner(actor, template)) return undefined
  return forbidden('task.edit', 'Only an administrator or an owner of the template may do this.')
}

/** Until it begins, the request is also its owner's. */
const requester: Who = (actor, task, facts) => {
  const isOwner = actor !== undefined && task.ownerId === actor.userId && can(actor, 'task.create')
  return isOwner && task.startedAt === null ? undefined : editor(actor, task, facts)
}

const starter: Who = (actor, task, { template }) => {
  if (actor === undefined || !canSeeTask(actor, task)) return refused('task.edit')
  if (can(actor, 'task.edit')) return undefined
  if (template?.allowTaskStartOver === true && canResolveTask(actor, task)) return undefined
  return forbidden(
    'task.edit',
    'Only an administrator may do this, or a resolver where the template allows it (allow_task_start_over).',
  )
}

/** When nobody is asked, the state of the step says so; nobody is told that he is not the one. */
const answerer: Who = (actor, task, { question }) => {
  if (!canSeeTask(actor, task)) return refused('task.resolve')
  const isAsked = question === undefined ? can(actor, 'task.resolve') : canAnswer(actor, task, question)
  if (isAsked) return undefined
  return forbidden(
    'task.resolve',
    'Somebody else is asked: those whom the step names, or who may resolve the task.',
  )
}

function forbidden(permission: Permission, sentence: string): Problem {
  return new Problem('forbidden', sentence, { details: { permission } })
}

const inState =
  (...states: readonly TaskState[]) =>
  ({ state }: TaskRow) =>
    states.includes(state)
const live = inState('scheduled', 'pending', 'running', 'paused')
const paused = inState('paused')

export const rules: Record<TaskVerb, Rule> = {
  cancel: { permission: 'task.command', who: commander, when: live, otherwise: 'It is over already.' },
  'force-cancel': {
    permission: 'task.dangerous',
    who: daredevil,
    when: live,
    otherwise: 'It is over already.',
  },
  unlock: {
    permission: 'task.dangerous',
    who: daredevil,
    when: paused,
    otherwise: 'Only a paused task can be unlocked.',
  },
  'force-unlock': {
    permission: 'task.dangerous',
    who: daredevil,
    when: live,
    otherwise: 'It is over already.',
  },
  pause: {
    permission: 'task.command',
    who: commander,
    when: (task) =>
      (inState('pending', 'running')(task) && task.reason !== 'approval') || task.reason === 'by-parent',
    otherwise: 'Only a queued or running task can be paused.',
  },
  resume: {
    permission: 'task.command',
    who: commander,
    when: (task) => (task.state === 'paused' && task.reason !== 'needs-review') || isRevivable(task),
    otherwise:
      'Only a paused task can be resumed; one that waits for a review goes on when it is said what became of the interrupted step.',
  },
  'start-over': {
    permission: 'task.edit',
    who: starter,
    when: (task) => task.state === 'paused' || (task.state === 'stopped' && task.result !== 'success'),
    otherwise: 'Only a task that is paused, was cancelled or failed can be started over.',
  },
  'extend-retries': {
    permission: 'task.command',
    who: commander,
    when: (task) => task.state === 'paused' && task.reason === 'retries-exhausted',
    otherwise: 'It has not used up its retries.',
  },
  'edit-request': {
    permission: 'task.edit',
    who: requester,
    when: (task) =>
      inState('paused', 'scheduled')(task) || (task.state === 'pending' && task.startedAt === null),
    otherwise: 'The request can be edited while the task is paused or has not begun.',
  },
  'set-people': {
    permission: 'task.command',
    who: commander,
    when: () => true,
    otherwise: '',
    reportedToo: true,
  },
  delete: {
    permission: 'task.delete',
    who: (actor, task) =>
      can(actor, 'task.delete') && canSeeTask(actor, task) ? undefined : refused('task.delete'),
    when: ({ state, parentId }) => state === 'stopped' && parentId === null,
    otherwise: ({ parentId }) =>
      parentId === null
        ? 'Only a task that is over can be deleted.'
        : 'It is deleted with the task that started it.',
    reportedToo: true,
  },
  resolve: {
    permission: 'task.resolve',
    who: resolver,
    when: ({ state, reason }) => state === 'pending' && reason === 'approval',
    otherwise: 'It does not wait for an approval.',
  },
  reject: {
    permission: 'task.resolve',
    who: resolver,
    when: ({ state, reason }) => state === 'pending' && reason === 'approval',
    otherwise: 'It does not wait for an approval.',
  },
  'retry-step': {
    permission: 'task.command',
    who: commander,
    when: inState('paused', 'running'),
    otherwise: 'A step can be retried while its task is paused or running.',
    step: ({ state }) => isRetriable(state) || isBlocked(state),
    otherwiseStep: 'Only a failed step can be retried.',
  },
  'skip-step': {
    permission: 'task.command',
    who: commander,
    when: inState('paused', 'running'),
    otherwise: 'A step can be skipped while its task is paused or running.',
    step: ({ state }) => (isOpen(state) || isBlocked(state)) && state !== 'RUNNING' && state !== 'EXPANDED',
    otherwiseStep: 'Only a step that is neither running nor over can be skipped.',
  },
  'review-step': {
    permission: 'task.command',
    who: commander,
    when: ({ state, reason }) => state === 'paused' && reason === 'needs-review',
    otherwise: 'It does not wait for a review.',
    step: ({ state }) => state === 'CRASHED',
    otherwiseStep: 'Only an interrupted step can be reviewed.',
  },
  'set-step-state': {
    permission: 'task.edit',
    who: editor,
    when: paused,
    otherwise: 'The state of a step can be set while its task is paused.',
    step: ({ state }) => state !== 'RUNNING',
    otherwiseStep: 'This step runs.',
  },
  'answer-input': {
    permission: 'task.resolve',
    who: answerer,
    when: live,
    otherwise: 'It is over already.',
    step: ({ state }, { question }) => state === 'WAITING' && question !== undefined,
    otherwiseStep: 'Nobody is asked for anything here now.',
  },
}
