import { isDeepStrictEqual } from 'node:util'
import { checkInputs, type InputProblem } from '@stint/schema/inputs'
import type { Template, TemplateInput } from '@stint/schema/template-types'
import { Problem } from '../base/problem.ts'
import type { Sql } from '../postgres/connect.ts'
import type { Command } from './commands.ts'
import type { EditPayload } from './run/commands/edit.ts'
import type { RequestedLock } from './run/links.ts'
import { Masker, type SharedSecrets } from './run/mask.ts'
import { maskInputs, secretsOf } from './run/task-values.ts'
import { type KeyRing, placeOf } from './seal.ts'
import type { NewTask } from './start.ts'
import { findLinks, type LinkRow } from './store/link.ts'
import { findPayloads } from './store/payload.ts'
import { findTasks, type TaskRow } from './store/task.ts'

/*
 * The request of a task, taken in hand again: to change it, or to make a new task of it. Secrets are opened here and go back
 * sealed; nobody above the engine sees them.
 */

interface RequestParts {
  readonly sql: Sql
  readonly keys: KeyRing
  readonly secrets?: SharedSecrets | undefined
  templateOf(templateId: string): Promise<Template>
}

interface OpenRequest {
  readonly row: TaskRow
  readonly template: Template
  readonly input: Record<string, unknown>
  readonly resolverInput: Record<string, unknown> | undefined
}

/** Undefined when there is no such task, or none that has a definition. */
async function openRequest(
  { sql, keys, templateOf }: RequestParts,
  id: string,
): Promise<OpenRequest | undefined> {
  const [[row], [payload]] = await Promise.all([findTasks(sql, [id]), findPayloads(sql, [id])])
  if (!row || !payload) return undefined
  const key = keys.open(id, payload.keyId, payload.wrappedKey)
  const json = (sealed: Buffer, place: string) => key.openJson(sealed, place) as Record<string, unknown>
  const own = payload.definition && (key.openJson(payload.definition, placeOf.definition) as Template)
  const template = row.templateId ? await templateOf(row.templateId) : own
  if (!template) return undefined
  return {
    row,
    template,
    input: payload.input ? json(payload.input, placeOf.input) : {},
    resolverInput: payload.resolverInput ? json(payload.resolverInput, placeOf.resolverInput) : undefined,
  }
}

/** What is to be different; what is absent stays. Inputs are the whole form: a value that is missing in it is gone. */
export interface RequestEdit {
  readonly input?: Readonly<Record<string, unknown>>
  readonly resolverInput?: Readonly<Record<string, unknown>>
  readonly tags?: Readonly<Record<string, string>>
}

export interface CheckedEdit {
  readonly problems: readonly InputProblem[]
  /** Carries it out; absent when there are problems, or nothing to change. */
  readonly command?: Omit<Command, 'actor'>
}

/**
 * Checks an edit against the version of the template that the task runs. A value that is given back as people see it (with its
 * secrets masked) stays what it is. Problem `not-found`.
 */
export async function checkEdit(
  parts: RequestParts,
  taskId: string,
  edit: RequestEdit,
): Promise<CheckedEdit> {
  const open = await openRequest(parts, taskId)
  if (!open)
    throw new Problem('not-found', 'There is no such task.', { details: { type: 'Task', id: taskId } })
  const { template, row } = open
  const before = { input: open.input, resolverInput: open.resolverInput ?? {} }
  const masker = new Masker(secretsOf({ template }, before.input, before.resolverInput), parts.secrets)
  const form = (definitions: readonly TemplateInput[], values: Record<string, unknown>): Form => ({
    definitions,
    before: values,
    shown: maskInputs(template, values, masker),
  })
  const input = edit.input && checkForm(form(template.inputs, before.input), edit.input)
  const resolver =
    edit.resolverInput && checkForm(form(template.resolverInputs, before.resolverInput), edit.resolverInput)
  const problems = [
    ...(input?.problems ?? []),
    ...(resolver?.problems ?? []).map((each) => ({ ...each, name: `resolverInput.${each.name}` })),
  ]
  if (problems.length > 0) return { problems }
  const changed = [
    ...(input ? changedNames(before.input, input.values) : []),
    ...(resolver
      ? changedNames(before.resolverInput, resolver.values).map((name) => `resolverInput.${name}`)
      : []),
    ...(edit.tags ? changedNames(row.tags, edit.tags).map((name) => `tags.${name}`) : []),
  ]
  if (changed.length === 0) return { problems }
  const payload: EditPayload = {
    ...(input && { input: input.values }),
    ...(resolver && { resolverInput: resolver.values }),
    ...(edit.tags && { tags: { ...edit.tags } }),
    changed,
  }
  return { problems, command: { kind: 'edit-request', payload } }
}

export interface CheckedApproval {
  readonly problems: readonly InputProblem[]
  /** Defaults filled in. */
  readonly values: Record<string, unknown>
}

/** What a resolver filled in, against the version of the template that the task runs. Problem `not-found`. */
export async function checkApproval(
  parts: RequestParts,
  taskId: string,
  given: Readonly<Record<string, unknown>>,
): Promise<CheckedApproval> {
  const open = await openRequest(parts, taskId)
  if (!open)
    throw new Problem('not-found', 'There is no such task.', { details: { type: 'Task', id: taskId } })
  return checkInputs(open.template.resolverInputs, given)
}

/** µTask shows this in place of a password, and takes it back for the password. */
const otherPlaceholder = '**__SECRET__**'

interface Form {
  readonly definitions: readonly TemplateInput[]
  readonly before: Readonly<Record<string, unknown>>
  /** The same as people see it. */
  readonly shown: Readonly<Record<string, unknown>>
}

function checkForm({ definitions, before, shown }: Form, given: Readonly<Record<string, unknown>>) {
  const passwords = new Set(definitions.filter(({ type }) => type === 'password').map(({ name }) => name))
  const isUntouched = (name: string, value: unknown) =>
    before[name] !== undefined &&
    (isDeepStrictEqual(value, shown[name]) || (passwords.has(name) && value === otherPlaceholder))
  const meant = Object.entries(given).map(([name, value]) => [
    name,
    isUntouched(name, value) ? before[name] : value,
  ])
  return checkInputs(definitions, Object.fromEntries(meant))
}

function changedNames(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>) {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name])).sort()
}

/** The tag of a task that says of which one it was made. */
const startedOverTag = 'startedOver'

/**
 * A new task like one that is over, of the same version and with the same request; approved, because whoever may ask for it may
 * approve it. The same question twice gives one task, until the old one's record has gone on. Undefined when there is no such task.
 */
export async function requestAgain(parts: RequestParts, taskId: string): Promise<NewTask | undefined> {
  const open = await openRequest(parts, taskId)
  if (!open) return undefined
  const { row, template, input, resolverInput } = open
  const links = await findLinks(parts.sql, [taskId])
  // Tags are rendered when a task is born. What came out of a step then must not be read as a template now.
  const plainTags = Object.entries(row.tags).filter(([, value]) => !value.includes('{{'))
  return {
    template,
    ...(row.templateId && { templateId: row.templateId }),
    label: row.label,
    input,
    ...(resolverInput && { resolverInput }),
    owner: { ...(row.ownerId && { id: row.ownerId }), name: row.ownerName, groups: row.ownerGroups },
    isApproved: true,
    resolvers: row.resolvers,
    resolverGroups: row.resolverGroups,
    watchers: row.watchers,
    watcherGroups: row.watcherGroups,
    tags: { ...Object.fromEntries(plainTags), [startedOverTag]: taskId },
    locks: links.filter((link) => link.resourceType !== 'limit').map(requestedOf),
    priority: row.priority,
    ...(row.region && { region: row.region }),
    idempotencyKey: `start-over/${taskId}/${row.lastSeq}`,
  }
}

/** Those of the template are named again by it, and are the same then. */
function requestedOf({
  resourceType,
  resourceId,
  mode,
  operation,
  onConflict,
  waitMs,
}: LinkRow): RequestedLock {
  return {
    resource: `${resourceType}/${resourceId}`,
    operation,
    ...(mode && { mode }),
    ...(onConflict && { onConflict }),
    ...(waitMs !== null && { waitMs: Number(waitMs) }),
  }
}
