import type { App } from '../../base/app.ts'
import type { Actor } from '../access/model.ts'
import type { StepRow, TaskRow } from './model.ts'
import { childrenOfTasks, dependenciesOfTasks, tasksByIds } from './store/lists.ts'
import { stepsOfTasks } from './store/steps.ts'
import { type Waiter, waitersBehind } from './store/waiters.ts'
import type { TaskVerb } from './verb-rules.ts'

/** Names more than these are counted. */
const named = 5

/** The tasks that stand around a task and feel what is done to it, as far as the actor may see them. */
interface Around {
  readonly running: readonly StepRow[]
  readonly unfinished: number
  readonly children: readonly TaskRow[]
  /** They wait for this task to stop. */
  readonly followers: readonly TaskRow[]
  /** They get what this task holds. */
  readonly heirs: readonly TaskRow[]
}

/** Of those who wait for a resource: the first, or all that share it before somebody who does not. */
function firstInLine(queue: readonly Waiter[]): string[] {
  const [first] = queue
  if (first === undefined) return []
  if (first.isExclusive) return [first.taskId]
  const end = queue.findIndex(({ isExclusive }) => isExclusive)
  return queue.slice(0, end < 0 ? undefined : end).map(({ taskId }) => taskId)
}

/** Who would go on with what a task holds. Some may need more than that; those who wait for it alone start at once. */
async function heirsOf({ sql }: App, actor: Actor, taskId: string): Promise<TaskRow[]> {
  const byResource = Map.groupBy(await waitersBehind(sql, taskId), ({ resource }) => resource)
  const ids = new Set([...byResource.values()].flatMap(firstInLine))
  return tasksByIds(sql, actor, [...ids])
}

async function around(app: App, actor: Actor, { id }: TaskRow): Promise<Around> {
  const { sql } = app
  const [heirs, running, rest, children, dependencies] = await Promise.all([
    heirsOf(app, actor, id),
    stepsOfTasks(sql, [id], { size: named, states: ['RUNNING'] }),
    stepsOfTasks(sql, [id], { size: 1000, states: ['TODO', 'TO_RETRY', 'WAITING'], parentNo: null }),
    childrenOfTasks(sql, actor, [id], { size: 100 }),
    dependenciesOfTasks(sql, [id]),
  ])
  const followerIds = dependencies.filter((row) => row.dependsOnId === id).map((row) => row.taskId)
  const followers = await tasksByIds(sql, actor, followerIds)
  return {
    heirs,
    running,
    unfinished: rest.length,
    children: children.filter(({ state }) => state !== 'stopped'),
    followers: followers.filter(({ state }) => state === 'scheduled'),
  }
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, named).map((name) => `“${name}”`)
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

const titles = (tasks: readonly TaskRow[]) => list(tasks.map(({ title }) => title))
const plural = (count: number, one: string) => (count === 1 ? `1 ${one}` : `${count} ${one}s`)

/** Sentences that say what a verb does beyond its name; see `consequencesOf`. */
type Sentences = (task: TaskRow, around: Around) => (string | undefined)[]

const steps = (end: string, { running }: Around) =>
  running.length > 0 ? `${list(running.map(({ name }) => name))} ${end}` : undefined

const childrenEnd = ({ children }: Around) =>
  children.length > 0 ? `Its sub-tasks are cancelled, too: ${titles(children)}.` : undefined

const followersStart = ({ followers }: Around) =>
  followers.length > 0 ? `Tasks that wait for it start: ${titles(followers)}.` : undefined

const followersFail = ({ followers }: Around) =>
  followers.length > 0
    ? `Tasks that wait for it are stopped, because it counts as failed: ${titles(followers)}.`
    : undefined

const heirsStart = ({ heirs }: Around) =>
  heirs.length > 0
    ? `What it holds goes to who waits for it, and starts at once: ${titles(heirs)}.`
    : undefined

const rest = ({ unfinished }: Around) =>
  unfinished > 0 ? `${plural(unfinished, 'step')} will not run.` : undefined

const comesBack = ({ startedAt }: TaskRow) =>
  startedAt === null
    ? 'It has not begun and cannot be taken up again.'
    : 'It can be resumed later; it takes its locks again then, or is told who has them.'

const sentences: Partial<Record<TaskVerb, Sentences>> = {
  cancel: (_, all) => [
    steps('is asked to stop, and stopped by force after a while.', all),
    rest(all),
    childrenEnd(all),
    heirsStart(all),
    followersStart(all),
    'It cannot be resumed.',
  ],
  'force-cancel': (_, all) => [
    steps('is killed at once; what it began outside may be half done.', all),
    rest(all),
    childrenEnd(all),
    heirsStart(all),
    followersStart(all),
    'It cannot be resumed.',
  ],
  unlock: (task, all) => [
    'It is given up and counts as failed; its locks are free at once.',
    childrenEnd(all),
    heirsStart(all),
    followersFail(all),
    comesBack(task),
  ],
  'force-unlock': (task, all) => [
    steps('is marked as crashed; what it began outside may go on although its locks are free.', all),
    'It is given up wherever it stands and counts as failed.',
    childrenEnd(all),
    heirsStart(all),
    followersFail(all),
    comesBack(task),
  ],
  'start-over': ({ state }) =>
    state === 'paused'
      ? ['Every step runs again, also those that are done; earlier attempts stay on record.']
      : ['A new task with the same request and the same version of the template begins.'],
  'set-step-state': () => [
    'Steps that follow it are set back to run again, or pruned, as its new state asks for.',
  ],
}

/** What would happen, as sentences for a person to confirm; empty when the name of the verb says it all. */
export async function consequencesOf(
  app: App,
  actor: Actor | undefined,
  task: TaskRow,
  verb: TaskVerb,
): Promise<string[]> {
  const speak = sentences[verb]
  if (speak === undefined || actor === undefined || task.state === 'stopped') {
    return verb === 'start-over' ? (speak?.(task, nothing) ?? []).filter((text) => text !== undefined) : []
  }
  return speak(task, await around(app, actor, task)).filter((text) => text !== undefined)
}

const nothing: Around = { running: [], unfinished: 0, children: [], followers: [], heirs: [] }
