import type { TaskVerb } from './words.ts'

/** Commands that need nothing but the task, and perhaps a reason. */
export type GivenCommand = Extract<
  TaskVerb,
  'RESUME' | 'PAUSE' | 'REJECT' | 'CANCEL' | 'START_OVER' | 'EXTEND_RETRIES'
>

/** Commands that may do harm: they name their consequences, ask for a reason and for a word to be typed. */
export type DangerousCommand = Extract<TaskVerb, 'FORCE_CANCEL' | 'UNLOCK' | 'FORCE_UNLOCK'>

/** Commands with a form of their own. */
type FormCommand = Extract<TaskVerb, 'RESOLVE' | 'EDIT_REQUEST' | 'SET_PEOPLE' | 'DELETE'>

export type TaskCommand = GivenCommand | DangerousCommand | FormCommand

interface Verb {
  readonly title: string
  /** What will happen, for the question before it. Absent: the command needs no question. */
  readonly consequence?: string
  readonly isDangerous?: boolean
  /** Stands in the menu, not beside the title. */
  readonly isRare?: boolean
}

/** What people can do with a task, in the order of their usefulness. */
export const taskVerbs: Record<TaskCommand, Verb> = {
  RESUME: { title: 'Resume' },
  RESOLVE: { title: 'Approve' },
  PAUSE: { title: 'Pause' },
  REJECT: {
    title: 'Reject',
    consequence: 'It stops as cancelled without having run, and cannot be started again.',
    isDangerous: true,
  },
  CANCEL: {
    title: 'Cancel',
    consequence:
      'Running actions are asked to stop and forced after a grace period. What they have done stays done. A cancelled task cannot go on; tasks that depend on it do not start.',
    isDangerous: true,
  },
  EDIT_REQUEST: { title: 'Edit the request', isRare: true },
  SET_PEOPLE: { title: 'Watchers and resolvers', isRare: true },
  EXTEND_RETRIES: {
    title: 'Allow more tries',
    consequence:
      'Steps that gave up get as many further tries as their template allows, and the task goes on.',
    isRare: true,
  },
  START_OVER: {
    title: 'Start over',
    consequence:
      'All steps begin again with the same input; outputs of the steps that ran are dropped. What those steps have done outside stays done, and may happen a second time.',
    isRare: true,
  },
  FORCE_CANCEL: {
    title: 'Force cancel',
    consequence:
      'Its actions are killed at once, without time to tidy up. What they were doing may be half done.',
    isDangerous: true,
    isRare: true,
  },
  UNLOCK: {
    title: 'Unlock',
    consequence: 'The task is given up where it stands, and its locks are freed for others.',
    isDangerous: true,
    isRare: true,
  },
  FORCE_UNLOCK: {
    title: 'Force unlock',
    consequence:
      'The task is cut off and its locks are freed, also while it runs. A process outside may go on writing to what others then use.',
    isDangerous: true,
    isRare: true,
  },
  DELETE: { title: 'Delete', isDangerous: true, isRare: true },
}

export const taskCommands = Object.keys(taskVerbs) as TaskCommand[]

export const isGiven = (command: TaskCommand): command is GivenCommand =>
  !isDangerousCommand(command) && !['RESOLVE', 'EDIT_REQUEST', 'SET_PEOPLE', 'DELETE'].includes(command)

export const isDangerousCommand = (command: TaskCommand): command is DangerousCommand =>
  command === 'FORCE_CANCEL' || command === 'UNLOCK' || command === 'FORCE_UNLOCK'
