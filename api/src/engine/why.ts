import type { Sql } from '../postgres/connect.ts'
import { nameOfResource } from './lock.ts'
import { isBlocked } from './step.ts'
import { findOldestChildren, type OldestChild } from './store/child.ts'
import { type DependencyRow, findDependenciesOf } from './store/dependency.ts'
import { countLiveExecutors } from './store/executor.ts'
import { findWaits, type WaitRow } from './store/hold-read.ts'
import { findAskingSteps } from './store/question.ts'
import { findSteps, type StepRow } from './store/step.ts'
import { findTasks, type TaskRow } from './store/task.ts'

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
  return (await whyNoneRuns(sql, [taskId])).get(taskId)
}

/** The same for many at once, in seven statements whatever their number; tasks that run or are over are left out. */
export async function whyNoneRuns(sql: Sql, taskIds: readonly string[]): Promise<Map<string, Why>> {
  const tasks = (await findTasks(sql, taskIds)).filter(
    (task) => task.state !== 'stopped' && task.kind !== 'reported',
  )
  const idsOf = (fits: (task: TaskRow) => boolean) => tasks.filter(fits).map((task) => task.id)
  const waiting = idsOf((task) => task.state === 'scheduled' && task.reason === 'dependency')
  const stuck = idsOf((task) => task.state === 'paused' || (task.state === 'running' && task.reason !== null))
  const queued = idsOf((task) => task.state === 'pending' && task.reason !== 'approval')
  const locked = idsOf((task) => task.reason === 'lock' || task.reason === 'capacity')
  const parents = idsOf((task) => task.reason === 'waiting-subtask')
  const asking = idsOf((task) => task.reason === 'waiting-input' || task.reason === 'waiting-callback')
  const [dependencies, steps, live, waits, children, questions] = await Promise.all([
    waiting.length > 0 ? findDependenciesOf(sql, waiting) : [],
    stuck.length > 0 ? findSteps(sql, stuck) : [],
    queued.length > 0 ? countLiveExecutors(sql) : [],
    locked.length > 0 ? findWaits(sql, locked) : [],
    parents.length > 0 ? findOldestChildren(sql, parents) : [],
    asking.length > 0 ? findAskingSteps(sql, asking) : [],
  ])
  const proof = {
    dependencies: Map.groupBy(dependencies, (row) => row.taskId),
    steps: Map.groupBy(steps, (row) => row.taskId),
    live,
    waits: Map.groupBy(waits, (row) => row.taskId),
    children: new Map(children.map((row) => [row.taskId, row])),
    questions: Map.groupBy(questions, (row) => row.taskId),
  }
  const answers = tasks.map((task) => [task.id, whyNot(task, proof)] as const)
  return new Map(answers.filter((entry): entry is readonly [string, Why] => entry[1] !== undefined))
}

/** The rows that prove the answers. */
interface Proof {
  readonly dependencies: ReadonlyMap<string, readonly DependencyRow[]>
  readonly steps: ReadonlyMap<string, readonly StepRow[]>
  readonly live: readonly { readonly region: string | null; readonly count: number }[]
  readonly waits: ReadonlyMap<string, readonly WaitRow[]>
  readonly children: ReadonlyMap<string, OldestChild>
  readonly questions: ReadonlyMap<string, readonly AskingStep[]>
}

type AskingStep = Awaited<ReturnType<typeof findAskingSteps>>[number]

function whyNot(task: TaskRow, proof: Proof): Why | undefined {
  const steps = proof.steps.get(task.id) ?? []
  switch (task.state) {
    case 'scheduled':
      return whyScheduled(task, proof.dependencies.get(task.id) ?? [])
    case 'pending':
      if (task.reason === 'approval') return whyUnapproved(task)
      return whyLocked(task, proof.waits.get(task.id) ?? []) ?? whyPending(task, proof.live)
    case 'paused':
      return whyPaused(task, steps)
    default:
      return (
        whyParent(task, proof.children.get(task.id), steps) ??
        whyWaiting(task, steps, proof.questions.get(task.id) ?? [])
      )
  }
}

function whyScheduled(task: TaskRow, dependencies: readonly DependencyRow[]): Why {
  if (task.reason === 'dependency') {
    const open = dependencies.filter((each) => each.state !== 'stopped')
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

/** The first resource that it cannot have; undefined when nothing keeps it any more and its turn has come. */
function whyLocked(task: TaskRow, waits: readonly WaitRow[]): Why | undefined {
  const wait = waits.find((each) => each.blockers.length > 0) ?? waits[0]
  if (!wait || (task.reason !== 'lock' && task.reason !== 'capacity')) return undefined
  const name = nameOfResource({ type: wait.resourceType, id: wait.resourceId })
  const place = `it is number ${wait.position} in the queue`
  const [blocker] = wait.blockers
  const rest = {
    code: task.reason,
    ...(blocker && { taskId: blocker }),
    ...(wait.stepNo >= 0 && { stepNo: wait.stepNo }),
  }
  if (wait.nextSlotAt) {
    const at = wait.nextSlotAt
    return {
      ...rest,
      sentence: `Waits for its turn at the rate ${name}, the next at ${at.toISOString()}; ${place}.`,
      dueAt: at,
    }
  }
  if (wait.mode === 'limit') {
    const isClosed = wait.capacity === 0
    const why = isClosed ? 'which lets nobody through' : `all ${wait.capacity} are taken`
    return { ...rest, sentence: `Waits for a slot of the limit ${name}: ${why}; ${place}.` }
  }
  const who = blocker ? 'held by another task' : 'asked for earlier by another task'
  return { ...rest, sentence: `Waits for the lock on ${name}, ${who}; ${place}.` }
}

function whyPending(task: TaskRow, live: Proof['live']): Why {
  const fitting = live.filter((row) => task.region === null || row.region === task.region)
  if (fitting.reduce((sum, row) => sum + row.count, 0) === 0) {
    const where = task.region === null ? '' : ` in region ${task.region}`
    return { code: 'no-executor', sentence: `No executor is running${where}; start one with "stint work".` }
  }
  return { code: 'executor-busy', sentence: 'Queued: an executor takes it as soon as it has room.' }
}

function whyPaused(task: TaskRow, steps: readonly StepRow[]): Why {
  const crashed = steps.filter((each) => each.state === 'CRASHED')
  const step = crashed[0] ?? steps.find((each) => isBlocked(each.state))
  const named = step ? `step ${step.name}` : 'a step'
  const reviewed = crashed.length > 1 ? `${named} and ${crashed.length - 1} more` : named
  const because = step?.errorSummary ? `: ${step.errorSummary}` : '.'
  const sentences: Record<string, string> = {
    'by-user': 'Paused by hand; resume it to go on.',
    'by-parent': 'Paused together with the task that started it; it goes on when that one is resumed.',
    'step-failed': `Paused because ${named} failed${because}`,
    'retries-exhausted': `Paused because ${named} used up all automatic retries${because}`,
    deadlock: 'Paused because no step can start any more: what they wait for will not happen.',
    'needs-review': `Waits for a decision about ${reviewed}${because}`,
    'input-invalid': `Paused because it cannot be run as it is: ${task.errorSummary ?? 'its input does not fit'}`,
  }
  const code = task.reason ?? 'by-user'
  const parent = code === 'by-parent' && task.parentId ? { taskId: task.parentId } : {}
  return { code, sentence: sentences[code] ?? 'Paused.', ...parent, ...(step && { stepNo: step.no }) }
}

/** The oldest of the tasks that it waits for, and what that one waits for, where it needs somebody. */
function whyParent(
  task: TaskRow,
  child: OldestChild | undefined,
  steps: readonly StepRow[],
): Why | undefined {
  if (task.reason !== 'waiting-subtask' || !child) return undefined
  const step = steps.find((each) => each.no === child.stepNo)
  const because = child.reason === null ? '' : `, ${child.reason.replaceAll('-', ' ')}`
  return {
    code: task.reason,
    sentence: `${step ? `Step ${step.name}` : 'A step'} waits for "${child.title}" (${child.state}${because}).`,
    taskId: child.id,
    stepNo: child.stepNo,
  }
}

/** Of several steps that wait, the one that the reason speaks of. */
function stepThatWaits({ reason }: TaskRow, steps: readonly StepRow[], questions: readonly AskingStep[]) {
  const due = steps.filter((each) => each.dueAt !== null).sort((a, b) => Number(a.dueAt) - Number(b.dueAt))
  const waiting = steps.filter((each) => each.state === 'WAITING')
  const asks = ({ no }: StepRow) =>
    questions.some(
      ({ kind, stepNo, waitingSteps }) =>
        reason === `waiting-${kind}` && (stepNo === no || waitingSteps.includes(no)),
    )
  if (reason === 'waiting-input' || reason === 'waiting-callback') return waiting.find(asks) ?? waiting[0]
  if (reason === 'waiting-until') return due.find(({ state }) => state === 'WAITING') ?? due[0]
  if (reason === 'retrying') return due.find(({ state }) => state !== 'WAITING') ?? due[0]
  return due[0] ?? waiting[0]
}

function whyWaiting(
  task: TaskRow,
  steps: readonly StepRow[],
  questions: readonly AskingStep[],
): Why | undefined {
  if (task.reason === null) return undefined
  const waiting = stepThatWaits(task, steps, questions)
  const due = waiting?.dueAt
  const name = waiting ? `Step ${waiting.name}` : 'A step'
  const at = due ? ` at ${due.toISOString()}` : ''
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
    ...(due && { dueAt: due }),
    ...(waiting && { stepNo: waiting.no }),
  }
}
