import { checkInputs } from '@stint/schema/inputs'
import type { Template } from '@stint/schema/template-types'
import { Problem } from '../../base/problem.ts'
import type { NewTask } from '../../engine/start.ts'
import { type Actor, demand, systemActor } from '../access/model.ts'
import { groupNames, normalName } from '../access/names.ts'
import { isApproved, mayNameResolvers, resolversOf } from './approval.ts'
import { type CommandParts, demandTask, noSuchTask } from './command.ts'
import { type FieldProblem, InputProblem } from './input-problem.ts'
import type { TaskRow } from './model.ts'
import { problemsOfRequest, type TaskRequest } from './new-task.ts'
import { tasksByIds } from './store/lists.ts'
import { checkWait, waitForRest } from './wait.ts'

/** The version of a template that a task starts from. */
export interface StartedTemplate {
  readonly id: string
  readonly definition: Template
  /** Somebody stopped it from being started. */
  readonly blocked: boolean
}

export interface CreatedTask {
  readonly task: TaskRow
  /** False: the idempotency key named a task that was there. */
  readonly isNew: boolean
}

interface Checked {
  readonly input: Record<string, unknown>
  readonly resolverInput: Record<string, unknown> | undefined
}

/** Values of both forms, defaults filled in; unknown names are dropped, as µTask does. */
function checkValues(definition: Template, request: TaskRequest): Checked {
  const input = checkInputs(definition.inputs, request.input ?? {})
  const resolver = request.resolverInput
    ? checkInputs(definition.resolverInputs, request.resolverInput)
    : undefined
  const problems: FieldProblem[] = [
    ...input.problems,
    ...(resolver?.problems ?? []).map(({ name, message }) => ({ name: `resolverInput.${name}`, message })),
    ...problemsOfRequest(request),
  ]
  if (problems.length > 0) throw new InputProblem(problems)
  return { input: input.values, resolverInput: resolver?.values }
}

function demandResolver(approved: boolean, request: TaskRequest): void {
  if (approved || !request.resolverInput) return
  throw new Problem('forbidden', 'Only a resolver of this template may give its resolver inputs.', {
    details: { permission: 'task.resolve' },
  })
}

/** As µTask: everybody else could name himself, and approve his own task. */
function demandNamer(actor: Actor, definition: Template, { resolvers, resolverGroups }: TaskRequest): void {
  const names = (resolvers?.length ?? 0) + (resolverGroups?.length ?? 0)
  if (names === 0 || mayNameResolvers(actor, definition)) return
  throw new Problem(
    'forbidden',
    'Only an operator or a resolver whom the template names may say who else resolves its tasks.',
    { details: { permission: 'task.resolve' } },
  )
}

/**
 * A request as the engine takes it: values checked, people named, approval decided. What a template asks for with one of its steps
 * may name any resolvers; a person may not. Throws `InputProblem`, `forbidden`.
 */
export function newTaskOf(
  actor: Actor,
  template: StartedTemplate,
  request: TaskRequest,
  by: 'person' | 'template' = 'person',
): NewTask {
  const { definition } = template
  if (by === 'person') demandNamer(actor, definition, request)
  const { input, resolverInput } = checkValues(definition, request)
  const approved = isApproved(actor, definition, resolverInput !== undefined)
  demandResolver(approved, request)
  return {
    template: definition,
    templateId: template.id,
    input,
    resolverInput,
    owner: { id: actor.userId, name: actor.name, groups: [...actor.groups] },
    isApproved: approved,
    ...resolversOf(definition, request.resolvers ?? [], groupNames(request.resolverGroups ?? [])),
    watchers: [...new Set((request.watchers ?? []).map(normalName))],
    watcherGroups: groupNames(request.watcherGroups ?? []),
    tags: request.tags ?? {},
    dependsOn: [...new Set(request.dependsOn ?? [])],
    startAt: request.startAt ?? undefined,
    startBefore: request.startBefore ?? undefined,
    priority: request.priority ?? undefined,
    region: request.region ?? undefined,
    idempotencyKey: request.idempotencyKey ?? undefined,
    comment: request.comment ?? undefined,
    locks: [...(request.locks ?? []), ...(request.links ?? []).map((resource) => ({ resource }))],
  }
}

/** Throws `template-blocked`. */
export function demandUnblocked({ blocked, definition: { name } }: StartedTemplate): void {
  if (!blocked) return
  throw new Problem(
    'template-blocked',
    `The template ${name} is blocked: nothing can be started from it now.`,
    { details: { template: name } },
  )
}

/** Whoever waits for a task learns whether it failed, so he must be allowed to see it. */
async function demandDependencies(
  { app }: CommandParts,
  actor: Actor,
  ids: readonly string[],
): Promise<void> {
  const seen = new Set((await tasksByIds(app.sql, actor, ids)).map(({ id }) => id))
  const missing = ids.find((id) => !seen.has(id))
  if (missing !== undefined) throw noSuchTask(missing)
}

/** Somebody's task does the same already; whoever may not see it learns that, and no more. */
async function coalesced(parts: CommandParts, actor: Actor, id: string): Promise<CreatedTask> {
  const [task] = await tasksByIds(parts.app.sql, actor, [id])
  if (task) return { task: await demandTask(parts.app, actor, id), isNew: false }
  throw new Problem('lock-conflict', 'A task that you may not see does the same at this moment.', {
    details: { taskId: id },
  })
}

/**
 * Starts a task from a template version; durable when it resolves. Needs `task.create`.
 * Throws `InputProblem` with the fields that do not fit, `template-blocked`, `not-found` for a dependency, `forbidden`,
 * `idempotency-mismatch`, `invalid-request` for impossible times, `overloaded`.
 */
export async function createTask(
  parts: CommandParts,
  actor: Actor | undefined,
  template: StartedTemplate,
  request: TaskRequest,
): Promise<CreatedTask> {
  demand(actor, 'task.create')
  demandUnblocked(template)
  const seconds = checkWait(request.wait)
  const newTask = newTaskOf(actor, template, request)
  await demandDependencies(parts, actor, newTask.dependsOn ?? [])
  const { id, isNew, isCoalesced } = await parts.engine.createTask(newTask)
  if (isCoalesced) return coalesced(parts, actor, id)
  // His own task: a token that may create but not view still learns what it made.
  await waitForRest(parts.changes, () => systemActor, id, seconds)
  return { task: await demandTask(parts.app, systemActor, id), isNew }
}
