import { inputsError, usageError } from '../exit.ts'
import { type CreateTask, createTaskDocument, type TaskLine } from '../task/documents.ts'
import { Follower } from '../task/follow.ts'
import { printTask } from '../task/list.ts'
import { untilSettled } from '../task/wait.ts'
import { countOption, type Terminal } from '../terminal/terminal.ts'
import { type RequestOptions, requestOf } from './request.ts'

interface RunOptions extends RequestOptions {
  readonly wait?: string | true
  readonly follow?: boolean
}

/** Seconds to stay; undefined: do not. */
function patienceOf({ wait, follow }: RunOptions): number | undefined {
  if (wait === undefined) return follow === true ? Number.POSITIVE_INFINITY : undefined
  if (wait === true) return Number.POSITIVE_INFINITY
  if (wait.includes('='))
    throw usageError(`--wait took ${wait} as its seconds.`, 'Put --wait last, or write --wait=60')
  return countOption('--wait', 0, 31_536_000)(wait)
}

async function create(terminal: Terminal, input: CreateTask): Promise<TaskLine> {
  const { createTask } = await terminal.connection.query(createTaskDocument, { input })
  if (createTask.__typename === 'InputProblem') {
    throw inputsError(createTask, `stint template show ${input.template}`)
  }
  if (!createTask.isNew) terminal.note(whyNotNew(input))
  return createTask.task
}

/** Without a key of the caller only a lock with `on_conflict: coalesce` answers with a task that is there already. */
function whyNotNew({ idempotencyKey }: CreateTask): string {
  return idempotencyKey === undefined
    ? 'No task was started: this one does the same already, and holds the lock (on_conflict: coalesce).'
    : 'This task was there already: same idempotency key, or a lock with on_conflict: coalesce.'
}

/** The longest the server keeps one request open for a task to end. */
const serverWaitMax = 60

export async function runTemplate(
  terminal: Terminal,
  template: string,
  pairs: readonly string[],
  options: RunOptions,
) {
  const patience = patienceOf(options)
  const request = await requestOf(terminal, template, pairs, options)
  const deadlineMs = terminal.nowMs + (patience ?? 0) * 1000
  if (options.follow === true) {
    const { uuid } = await create(terminal, request)
    return new Follower(terminal, uuid).follow(deadlineMs)
  }
  const wait = patience === undefined ? undefined : Math.min(patience, serverWaitMax)
  const task = await create(terminal, { ...request, wait })
  if (patience !== undefined) return printTask(terminal, await untilSettled(terminal, task, deadlineMs))
  printTask(terminal, task)
  terminal.note(`See it: stint task follow ${task.uuid.slice(-8)}, or ${terminal.url}/tasks/${task.uuid}`)
  return undefined
}
