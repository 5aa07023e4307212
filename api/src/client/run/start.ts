import { readFileSync } from 'node:fs'
import { parseDuration } from '@stint/schema/duration'
import { CliError, exitCodes, usageError } from '../exit.ts'
import { type CreateTask, createTaskDocument, type TaskLine } from '../task/documents.ts'
import { Follower } from '../task/follow.ts'
import { findTaskId } from '../task/id.ts'
import { printTask } from '../task/list.ts'
import { untilSettled } from '../task/wait.ts'
import { templateInputsDocument } from '../template/documents.ts'
import { countOption, type Terminal } from '../terminal/terminal.ts'
import { readPairs, readTags } from './values.ts'

interface RunOptions {
  readonly inputFile?: string
  readonly wait?: string | true
  readonly follow?: boolean
  readonly templateVersion?: string
  readonly idempotencyKey?: string
  readonly tag?: readonly string[]
  readonly watcher?: readonly string[]
  readonly dependsOn?: readonly string[]
  readonly startAt?: string
  readonly startBefore?: string
  readonly priority?: string
  readonly region?: string
  readonly comment?: string
}

/** Inputs of a file: an object in YAML or JSON. */
export async function fileInputs(path: string | undefined): Promise<Record<string, unknown>> {
  if (path === undefined) return {}
  let value: unknown
  try {
    const { parse } = await import('yaml')
    value = parse(readFileSync(path === '-' ? 0 : path, 'utf8'), { logLevel: 'error' })
  } catch (error) {
    throw usageError(`${path}: ${(error as Error).message}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw usageError(`${path} must hold an object: input names and their values.`)
}

function instantOf(name: string, text: string | undefined, nowMs: number): string | undefined {
  if (text === undefined) return undefined
  const span = parseDuration(text)
  const atMs = span === undefined ? Date.parse(text) : nowMs + span
  const hasZone = span !== undefined || /([zZ]|[+-]\d\d:?\d\d)$/.test(text)
  if (hasZone && !Number.isNaN(atMs)) return new Date(atMs).toISOString()
  throw usageError(
    `${name} must be an instant with its zone or a time from now, not ${JSON.stringify(text)}.`,
    'Such as 2026-01-31T08:00:00Z, or 10m',
  )
}

/** Seconds to stay; undefined: do not. */
function patienceOf({ wait, follow }: RunOptions): number | undefined {
  if (wait === undefined) return follow === true ? Number.POSITIVE_INFINITY : undefined
  if (wait === true) return Number.POSITIVE_INFINITY
  if (wait.includes('='))
    throw usageError(`--wait took ${wait} as its seconds.`, 'Put --wait last, or write --wait=60')
  return countOption('--wait', 0, 31_536_000)(wait)
}

async function requestOf(
  terminal: Terminal,
  template: string,
  pairs: readonly string[],
  options: RunOptions,
): Promise<CreateTask> {
  const { connection, nowMs } = terminal
  const version =
    options.templateVersion === undefined
      ? undefined
      : countOption('--template-version', 1, 1_000_000)(options.templateVersion)
  const found = await connection.query(templateInputsDocument, { name: template, version: version ?? null })
  if (found.template === null) {
    throw new CliError(`There is no template ${JSON.stringify(template)}, or you may not see it.`, {
      hint: 'stint template list',
      code: 'not-found',
    })
  }
  const input = { ...(await fileInputs(options.inputFile)), ...readPairs(pairs, found.template.inputs) }
  const dependsOn = await Promise.all((options.dependsOn ?? []).map((id) => findTaskId(connection, id)))
  return {
    template,
    version,
    input,
    tags: options.tag && readTags(options.tag),
    watchers: options.watcher,
    dependsOn: dependsOn.length === 0 ? undefined : dependsOn,
    startAt: instantOf('--start-at', options.startAt, nowMs),
    startBefore: instantOf('--start-before', options.startBefore, nowMs),
    priority:
      options.priority === undefined ? undefined : countOption('--priority', 0, 32_767)(options.priority),
    region: options.region,
    idempotencyKey: options.idempotencyKey,
    comment: options.comment,
  }
}

async function create(terminal: Terminal, input: CreateTask): Promise<TaskLine> {
  const { createTask } = await terminal.connection.query(createTaskDocument, { input })
  if (createTask.__typename === 'InputProblem') {
    const fields = createTask.fields.map(({ name, message }) => `  ${name}: ${message}`)
    throw new CliError([createTask.message, ...fields].join('\n'), {
      exitCode: exitCodes.usage,
      hint: `stint template show ${input.template}`,
    })
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
