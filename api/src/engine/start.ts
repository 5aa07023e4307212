import { limits } from '@stint/schema/limits'
import type { Template } from '@stint/schema/template-types'
import type { TaskReason, TaskState } from '@stint/schema/words'
import { newId } from '../base/ids.ts'
import { Problem } from '../base/problem.ts'
import type { Birth, EventDraft, NewStep, Parentage, TaskPatch, TimerRow } from './change.ts'
import { wholeTask } from './change.ts'
import type { Executor } from './executor.ts'
import type { TakeAnswer, Want } from './lock.ts'
import { cleanText } from './run/error-summary.ts'
import { linksOf, type RequestedLock, requestedLinks, wantsOf } from './run/links.ts'
import { Masker } from './run/mask.ts'
import type { Plan } from './run/plan.ts'
import { freshStep } from './run/row-patch.ts'
import { TaskRun } from './run/task-run.ts'
import { secretsOf, taskValuesOf } from './run/task-values.ts'
import { rendered, titleOf } from './run/title.ts'
import { RunValues } from './run/values.ts'
import { placeOf } from './seal.ts'

export interface NewTask {
  /** The checked template it runs, or a definition of its own. */
  readonly template: Template
  /** The stored version that `template` is; absent for a definition of its own, which is then kept with the task. */
  readonly templateId?: string
  /** The stable name; the template's when absent. */
  readonly label?: string
  /** Checked against the template's inputs, defaults filled in. */
  readonly input: Record<string, unknown>
  readonly resolverInput?: Record<string, unknown>
  readonly owner: { readonly id?: string; readonly name: string; readonly groups?: readonly string[] }
  /** False: it waits until a resolver accepts it. */
  readonly isApproved: boolean
  readonly resolvers?: readonly string[]
  readonly resolverGroups?: readonly string[]
  readonly watchers?: readonly string[]
  readonly watcherGroups?: readonly string[]
  /** The step it is born from. */
  readonly parent?: Parentage
  readonly tags?: Readonly<Record<string, string>>
  readonly dependsOn?: readonly string[]
  readonly startAt?: Date
  readonly startBefore?: Date
  readonly priority?: number
  readonly region?: string
  readonly idempotencyKey?: string
  readonly comment?: string
  /**
   * Work of the installation itself, such as the delivery of a notification: shown to nobody among the tasks, and what becomes of
   * it is no news. `aboutTaskId` is the task it is about; absent, it is about none.
   */
  readonly internal?: { readonly aboutTaskId?: string }
  /** Resources to lock or to refer to, besides those of the template. */
  readonly locks?: readonly RequestedLock[]
}

/** A task that is about to be born, and its runner when this executor holds it from the first moment. */
export interface Newborn {
  readonly birth: Birth
  readonly run?: { readonly taskRun: TaskRun; readonly born: () => void }
}

/**
 * Makes the rows of a new task. With a free executor, and nothing that holds it back, the task is born claimed: its first
 * steps are RUNNING in the very flush that creates it, and no hint has to find somebody.
 */
export function conceive(executor: Executor, request: NewTask, plan: Plan): Newborn {
  const id = newId()
  const at = executor.now()
  const sealed = executor.keys.newDataKey(id)
  const resolverInput = request.resolverInput ?? {}
  const { state, reason } = firstState(request, at)
  const values = new RunValues(plan, {
    input: request.input,
    resolverInput,
    config: executor.config(),
    task: taskValuesOf({
      id,
      createdAt: at,
      ownerName: request.owner.name,
      ownerGroups: request.owner.groups ?? [],
      region: request.region ?? null,
      resolvers: request.resolvers ?? [],
      resolverGroups: request.resolverGroups ?? [],
      watchers: request.watchers ?? [],
      watcherGroups: request.watcherGroups ?? [],
    }),
  })
  const masker = new Masker(secretsOf(plan, request.input, resolverInput), executor.secrets)
  const patch = firstPatch(request, plan, values, masker, { state, reason, at })
  const label = request.label ?? request.template.name
  const base = {
    id,
    kind: 'run' as const,
    label,
    priority: request.priority ?? plan.template.priority,
    region: request.region ?? plan.template.region,
    templateId: request.templateId,
    ownerId: request.owner.id,
    ownerName: request.owner.name,
    ownerGroups: request.owner.groups ?? [],
    resolvers: request.resolvers ?? [],
    resolverGroups: request.resolverGroups ?? [],
    watchers: request.watchers ?? [],
    watcherGroups: request.watcherGroups ?? [],
    parent: request.parent,
    aboutTaskId: request.internal && (request.internal.aboutTaskId ?? id),
    idempotencyKey: request.idempotencyKey,
    keepSeconds: keepSecondsOf(request.template),
    startBefore: request.startBefore,
    createdAt: at,
    keyId: sealed.keyId,
    wrappedKey: sealed.wrapped,
    definition: request.templateId ? undefined : sealed.key.sealJson(request.template, placeOf.definition),
    input: sealed.key.sealJson(request.input, placeOf.input),
    resolverInput: request.resolverInput && sealed.key.sealJson(resolverInput, placeOf.resolverInput),
    dependsOn: request.dependsOn ?? [],
    report: undefined,
  }
  const links = request.isApproved
    ? linksOf(plan, label, values, masker, request.locks ?? [], executor.limitOf)
    : requestedLinks(request.locks ?? [], masker)
  const wants = wantsOf(links)
  const steps = plan.steps.map(
    ({ no, definition }): NewStep => ({ no, name: definition.name, state: 'TODO' }),
  )
  const events = firstEvents(request, state, reason, at)
  const isDue = state === 'pending' && reason === 'queued'
  const plain: Birth = {
    ...base,
    task: patch,
    claimed: false,
    steps,
    timers: timersOf(id, request, state),
    events,
    links,
    also: request.internal ? undefined : executor.newsOfBirth,
    // A child is born in a flush that nobody can refuse any more: its runner asks.
    wants: isDue && !request.parent ? wants : [],
  }
  const unclaimed: Newborn = { birth: { ...plain, whenWaiting: (answer) => waiting(plain, wants, answer) } }
  const isHere =
    executor.hasRoom && !executor.isBehind && executor.startsSteps({ label, region: base.region })
  // A child is anybody's: what its parent wants written may still be refused, and many of them are shared out this way.
  if (!isDue || !isHere || steps.length === 0 || request.parent || request.internal) return unclaimed
  const facts = {
    id,
    epoch: 1,
    label,
    isInternal: false,
    ownerId: request.owner.id,
    ownerName: request.owner.name,
    resolvers: base.resolvers,
    resolverGroups: base.resolverGroups,
    region: base.region,
    priority: base.priority,
    depth: 0,
    startBefore: request.startBefore,
  }
  const patches = plan.steps.map(({ no }) => freshStep(no))
  const taskRun = new TaskRun({
    host: executor,
    facts,
    plan,
    key: sealed.key,
    patch: { ...patch },
    steps: patches,
    values,
    masker,
    wants,
    isGranted: true,
    holdsAny: true,
    holdingSteps: [],
  })
  return fold(unclaimed, taskRun)
}

/** Puts the first turn of the runner into the birth: one flush instead of two. */
function fold(unclaimed: Newborn, taskRun: TaskRun): Newborn {
  const { change, born } = taskRun.firstTurn()
  // Something rarer happened than steps that start (all were skipped, no slot was free): let a claim sort it out.
  const { taskId: _, epoch: __, task, steps, events, ...rest } = change
  if (task?.state !== 'running' || Object.keys(rest).length > 0) {
    taskRun.abandon('shutdown')
    return unclaimed
  }
  const patchOf = new Map((steps ?? []).map((step) => [step.no, step]))
  const { birth } = unclaimed
  return {
    birth: {
      ...birth,
      task,
      claimed: true,
      steps: birth.steps.map((step) => {
        const patch = patchOf.get(step.no)
        return patch ? { ...step, patch } : step
      }),
      events: [...birth.events, ...(events ?? [])],
    },
    run: { taskRun, born },
  }
}

/** The same task when somebody else holds what it needs, and it wants to wait. */
function waiting(plain: Birth, wants: readonly Want[], answer: TakeAnswer): Birth {
  const { resource, blocker, since } = answer
  const isLimit = wants.some(({ type, id, mode }) => mode === 'limit' && `${type}/${id}` === resource)
  const reason = isLimit ? 'capacity' : 'lock'
  const waitMs = Math.min(...wants.map((want) => want.waitMs ?? Number.POSITIVE_INFINITY))
  const dueAt = since && Number.isFinite(waitMs) ? new Date(since.getTime() + waitMs) : undefined
  const data = { reason, ...(resource && { resource }), ...(blocker && { blocker }) }
  return {
    ...plain,
    task: { ...plain.task, reason },
    events: plain.events.map((event, i) => (i === 0 ? { ...event, data } : event)),
    timers: dueAt
      ? [...plain.timers, { taskId: plain.id, stepNo: wholeTask, kind: 'lock', dueAt }]
      : plain.timers,
  }
}

/** More than the years that a date can hold would end the task in an error of the database. */
const keepSecondsMax = 100 * 365.25 * 86_400

function keepSecondsOf({ cleanupAfterMs }: Template): number | undefined {
  return cleanupAfterMs === undefined
    ? undefined
    : Math.min(keepSecondsMax, Math.floor(cleanupAfterMs / 1000))
}

function firstState(request: NewTask, at: Date): { state: TaskState; reason: TaskReason } {
  if (!request.isApproved) return { state: 'pending', reason: 'approval' }
  if (request.dependsOn && request.dependsOn.length > 0) return { state: 'scheduled', reason: 'dependency' }
  if (request.startAt && request.startAt.getTime() > at.getTime())
    return { state: 'scheduled', reason: 'start-at' }
  return { state: 'pending', reason: 'queued' }
}

function firstPatch(
  request: NewTask,
  plan: Plan,
  values: RunValues,
  masker: Masker,
  first: { state: TaskState; reason: TaskReason; at: Date },
): TaskPatch {
  const tags: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...plan.template.tags, ...request.tags })) {
    tags[name] = cleanText(masker.mask(rendered(values, value)), limits.textLengthMax)
  }
  return {
    title: titleOf(plan, values, masker),
    state: first.state,
    result: 'pending',
    reason: first.reason,
    progress: 0,
    takeovers: 0,
    retryCount: 0,
    tags,
    errorSummary: undefined,
    errorFingerprint: undefined,
    startAt: request.startAt,
    startedAt: undefined,
    endedAt: undefined,
    stateUpdatedAt: first.at,
  }
}

function firstEvents(request: NewTask, state: TaskState, reason: TaskReason, at: Date): EventDraft[] {
  const actor = request.owner.name
  const events: EventDraft[] = [{ at, kind: 'task', name: state, actor, data: { reason } }]
  if (request.comment)
    events.push({ at, kind: 'comment', name: 'comment', actor, data: { text: request.comment } })
  return events
}

function timersOf(taskId: string, request: NewTask, state: TaskState): TimerRow[] {
  const timers: TimerRow[] = []
  if (request.startAt && state !== 'pending')
    timers.push({ taskId, stepNo: wholeTask, kind: 'start', dueAt: request.startAt })
  if (request.startBefore)
    timers.push({ taskId, stepNo: wholeTask, kind: 'deadline', dueAt: request.startBefore })
  return timers
}

/** Refuses requests that no task can fulfil. Problem `invalid-request`. */
export function checkTimes({ startAt, startBefore }: NewTask, now: Date): void {
  if (startBefore && startBefore.getTime() <= now.getTime()) {
    throw new Problem(
      'invalid-request',
      'The deadline (startBefore) has passed already; give a later one or none.',
    )
  }
  if (startAt && startBefore && startBefore.getTime() <= startAt.getTime()) {
    throw new Problem('invalid-request', 'The deadline (startBefore) must be later than the start (startAt).')
  }
}
