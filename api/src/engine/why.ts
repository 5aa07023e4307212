import type { Sql } from '../postgres/connect.ts'
import { isBlocked } from './step.ts'
import { countLiveExecutors } from './store/executor.ts'
import { findSteps, type StepRow } from './store/step.ts'
import { findDependencies, findTasks, type TaskRow } from './store/task.ts'

/** The one answer to "why is it not running?", computed from rows, with what proves it. */
export interface Why {
  /** The reason word, or `no-executor`, `executor-busy`. */
  readonly code: string
  readonly sentence: string
  /** The task that stands in the way. */
  readonly taskId?: string
  readonly dueAt?: Date
  readonly stepNo?: number
}

/** Undefined for a task that runs or is over. */
export async function whyNotRunning(sql: Sql, taskId: string): Promise<Why | undefined> {
  const [task] = await findTasks(sql, [taskId])
  if (!task || task.state === 'stopped' || task.kind === 'reported') return undefined
  if (task.state === 'scheduled') return whyScheduled(sql, task)
  if (task.state === 'pending')
    return task.reason === 'approval' ? whyUnapproved(task) : whyPending(sql, task)
  const steps = await findSteps(sql, [taskId])
  return task.state === 'paused' ? whyPaused(task, steps) : whyWaiting(task, steps)
}

async function whyScheduled(sql: Sql, task: TaskRow): Promise<Why> {
  if (task.reason === 'dependency') {
    const open = (await findDependencies(sql, task.id)).filter((each) => each.state !== 'stopped')
    const [first] = open
    const more = open.length > 1 ? ` and ${open.length - 1} more` : ''
    return {
      code: 'dependency',
      sentence: first
        ? `Waits for "${first.title}" (${first.state})${more}.`
        : 'Its dependencies have just stopped; it starts now.',
      ...(first && { taskId: first.id }),
    }
  }
  return {
    code: 'start-at',
    sentence: `Starts at ${task.startAt?.toISOString() ?? 'an unknown time'}.`,
    ...(task.startAt && { dueAt: task.startAt }),
  }
}

function whyUnapproved(task: TaskRow): Why {
  const people = [...task.resolvers, ...task.resolverGroups.map((group) => `group ${group}`)]
  const who = people.length > 0 ? people.join(', ') : 'a person who may resolve tasks'
  return { code: 'approval', sentence: `Waits until ${who} accepts it.` }
}

async function whyPending(sql: Sql, task: TaskRow): Promise<Why> {
  const live = await countLiveExecutors(sql)
  const fitting = live.filter((row) => task.region === null || row.region === task.region)
  if (fitting.reduce((sum, row) => sum + row.count, 0) === 0) {
    const where = task.region === null ? '' : ` in region ${task.region}`
    return { code: 'no-executor', sentence: `No executor is running${where}; start one with "stint work".` }
  }
  return { code: 'executor-busy', sentence: 'Queued: an executor takes it as soon as it has room.' }
}

function whyPaused(task: TaskRow, steps: readonly StepRow[]): Why {
  const step = steps.find((each) => each.state === 'CRASHED') ?? steps.find((each) => isBlocked(each.state))
  const named = step ? `step ${step.name}` : 'a step'
  const because = step?.errorSummary ? `: ${step.errorSummary}` : '.'
  const sentences: Record<string, string> = {
    'by-user': 'Paused by hand; resume it to go on.',
    'step-failed': `Paused because ${named} failed${because}`,
    'retries-exhausted': `Paused because ${named} used up all automatic retries${because}`,
    deadlock: 'Paused because no step can start any more: what they wait for will not happen.',
    'needs-review': `Waits for a decision about ${named}${because}`,
    'input-invalid': 'Paused because its input does not fit; edit it and resume.',
  }
  const code = task.reason ?? 'by-user'
  return { code, sentence: sentences[code] ?? 'Paused.', ...(step && { stepNo: step.no }) }
}

function whyWaiting(task: TaskRow, steps: readonly StepRow[]): Why | undefined {
  if (task.reason === null) return undefined
  const due = steps.filter((each) => each.dueAt !== null).sort((a, b) => Number(a.dueAt) - Number(b.dueAt))[0]
  const waiting = due ?? steps.find((each) => each.state === 'WAITING')
  const name = waiting ? `Step ${waiting.name}` : 'A step'
  const at = due?.dueAt ? ` at ${due.dueAt.toISOString()}` : ''
  const last = waiting?.errorSummary ? ` Last error: ${waiting.errorSummary}` : ''
  const sentences: Record<string, string> = {
    retrying: `${name} is tried again${at} (try ${(waiting?.tryCount ?? 0) + 1}).${last}`,
    'waiting-until': `${name} waits${at === '' ? '' : ` until${at.slice(3)}`}.`,
    'waiting-callback': `${name} waits for an answer from outside.`,
    'waiting-input': `${name} waits for somebody's input.`,
    'waiting-subtask': `${name} waits for its sub-task.`,
  }
  return {
    code: task.reason,
    sentence: sentences[task.reason] ?? 'Waits.',
    ...(due?.dueAt && { dueAt: due.dueAt }),
    ...(waiting && { stepNo: waiting.no }),
  }
}
