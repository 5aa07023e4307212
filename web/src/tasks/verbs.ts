import type { TaskVerb } from './words.ts'

export type TaskCommand = Extract<TaskVerb, 'CANCEL' | 'PAUSE' | 'RESUME' | 'RESOLVE' | 'REJECT'>

/** Commands that need nothing but the task, and perhaps a reason. */
export type GivenCommand = Exclude<TaskCommand, 'RESOLVE'>

interface Verb {
  readonly title: string
  /** What will happen, for the question before it. Absent: the command needs no question. */
  readonly consequence?: string
  readonly isDangerous?: boolean
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
}

export const taskCommands = Object.keys(taskVerbs) as TaskCommand[]
