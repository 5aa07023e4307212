import { parseDuration } from '@stint/schema/duration'
import { usageError } from '../exit.ts'
import { fileText } from '../file.ts'
import type { CreateTask } from '../task/documents.ts'
import { findTaskId } from '../task/id.ts'
import { type TemplateInput, templateInputsDocument } from '../template/documents.ts'
import { noTemplate } from '../template/missing.ts'
import { countOption, type Terminal } from '../terminal/terminal.ts'
import { enumOf } from '../terminal/text.ts'
import { linkOf, lockOf } from './locks.ts'
import { declared, readPairs, readTags } from './values.ts'

export interface RequestOptions {
  readonly inputFile?: string
  readonly templateVersion?: string
  readonly idempotencyKey?: string
  readonly tag?: readonly string[]
  readonly watcher?: readonly string[]
  readonly watcherGroup?: readonly string[]
  readonly resolver?: readonly string[]
  readonly resolverGroup?: readonly string[]
  readonly resolverInput?: readonly string[]
  readonly lock?: readonly string[]
  readonly onConflict?: string
  readonly lockWait?: string
  readonly link?: readonly string[]
  readonly dependsOn?: readonly string[]
  readonly startAt?: string
  readonly startBefore?: string
  readonly priority?: string
  readonly region?: string
  readonly comment?: string
}

/** Inputs of a file: an object in YAML or JSON. A name that the template has not is a slip, as on the command line. */
export async function fileInputs(
  path: string | undefined,
  inputs: readonly TemplateInput[],
): Promise<Record<string, unknown>> {
  if (path === undefined) return {}
  const text = fileText(path)
  const { parse } = await import('yaml')
  let value: unknown
  try {
    value = parse(text, { logLevel: 'error' })
  } catch (error) {
    throw usageError(`${path}: ${(error as Error).message}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const name of Object.keys(value)) declared(name, inputs)
    return value as Record<string, unknown>
  }
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

/** How long it may wait, as the API takes it: whole seconds. */
function lockWaitOf({ lockWait, onConflict }: RequestOptions): number | undefined {
  if (lockWait === undefined) return undefined
  if (onConflict !== 'wait') throw usageError('--lock-wait belongs to --on-conflict wait.')
  const ms = parseDuration(lockWait)
  if (ms !== undefined && ms > 0) return Math.max(1, Math.round(ms / 1000))
  throw usageError(`--lock-wait must be a time such as 30s or 10m, not ${JSON.stringify(lockWait)}.`)
}

function locksOf(options: RequestOptions): CreateTask['locks'] {
  const waitSeconds = lockWaitOf(options)
  const { lock, onConflict } = options
  if (lock === undefined) {
    if (onConflict !== undefined) throw usageError('--on-conflict says what happens with a --lock.')
    return undefined
  }
  const rest = { ...(onConflict && { onConflict: enumOf(onConflict) }), ...(waitSeconds && { waitSeconds }) }
  return lock.map((text) => ({ ...lockOf(text), ...rest }))
}

/** A negative number is one, too: those who can wait stand back. */
function priorityOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^-?\d+$/.test(text) && Math.abs(value) <= 1000) return value
  throw usageError(`--priority must be a whole number from -1000 to 1000, not ${JSON.stringify(text)}.`)
}

/** What `stint run` asks for, from its command line. Throws exit code 2 for what is malformed. */
export async function requestOf(
  terminal: Terminal,
  template: string,
  pairs: readonly string[],
  options: RequestOptions,
): Promise<CreateTask> {
  const { connection, nowMs } = terminal
  // What is wrong with the command line is said before the server is asked.
  const given = {
    locks: locksOf(options),
    links: options.link?.map(linkOf),
    startAt: instantOf('--start-at', options.startAt, nowMs),
    startBefore: instantOf('--start-before', options.startBefore, nowMs),
    priority: priorityOf(options.priority),
    tags: options.tag && readTags(options.tag),
  }
  const version =
    options.templateVersion === undefined
      ? undefined
      : countOption('--template-version', 1, 1_000_000)(options.templateVersion)
  const found = await connection.query(templateInputsDocument, { name: template, version: version ?? null })
  if (found.template === null) throw await noTemplate(connection, template)
  const input = {
    ...(await fileInputs(options.inputFile, found.template.inputs)),
    ...readPairs(pairs, found.template.inputs),
  }
  const dependsOn = await Promise.all((options.dependsOn ?? []).map((id) => findTaskId(connection, id)))
  const resolverInput =
    options.resolverInput && readPairs(options.resolverInput, found.template.resolverInputs)
  return {
    ...given,
    template,
    version,
    input,
    resolverInput,
    watchers: options.watcher,
    watcherGroups: options.watcherGroup,
    resolvers: options.resolver,
    resolverGroups: options.resolverGroup,
    dependsOn: dependsOn.length === 0 ? undefined : dependsOn,
    region: options.region,
    idempotencyKey: options.idempotencyKey,
    comment: options.comment,
  }
}
