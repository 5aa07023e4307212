import type { TaskReason, TaskState } from '@stint/schema/words'
import { describe, expect, it } from 'vitest'
import { newId } from '../../base/ids.ts'
import { actorOf } from '../../testing/world.ts'
import type { Actor } from '../access/model.ts'
import type { StepRow, TaskRow } from './model.ts'
import { commandsOfStep, commandsOfTask, demandVerb, type TaskVerb } from './verbs.ts'

const owner = actorOf('owner', ['resolver'])
const admin = actorOf('admin', ['admin'])
const operator = actorOf('operator', ['operator'])
const viewer = actorOf('viewer', ['viewer'])
const namedResolver = actorOf('named', ['resolver'])
const groupResolver = actorOf('grouped', ['resolver'], { groups: ['ops'] })
const otherResolver = actorOf('other', ['resolver'])
const ownToken = actorOf('owner', ['resolver'], { userId: owner.userId, only: ['task.view'], via: 'token' })

function task(state: TaskState, reason: TaskReason | null = null, more: Partial<TaskRow> = {}): TaskRow {
  const at = new Date()
  return {
    id: newId(),
    kind: 'run',
    label: 'x',
    title: 'x',
    state,
    result: state === 'stopped' ? 'success' : 'pending',
    reason,
    executorId: null,
    epoch: 1,
    takeovers: 0,
    lastSeq: 0,
    progress: 0,
    priority: 0,
    region: null,
    templateId: null,
    ownerId: owner.userId,
    ownerName: owner.name,
    resolvers: ['named'],
    resolverGroups: ['ops'],
    watchers: [],
    parentId: null,
    parentStepNo: null,
    tags: {},
    errorSummary: null,
    startAt: null,
    startBefore: null,
    createdAt: at,
    startedAt: null,
    endedAt: null,
    stateUpdatedAt: at,
    ...more,
  }
}

function step(state: string): StepRow {
  const none = {
    parentNo: null,
    itemIndex: null,
    startedAt: null,
    endedAt: null,
    dueAt: null,
    errorSummary: null,
  }
  return { taskId: newId(), no: 0, name: 's', state, tryCount: 1, attemptNo: 1, ...none }
}

const allowed = (actor: Actor | undefined, row: TaskRow) =>
  commandsOfTask(actor, row)
    .filter((command) => command.allowed)
    .map((command) => command.verb)
    .join(' ')

const allowedOfStep = (actor: Actor, row: TaskRow, state: string) =>
  commandsOfStep(actor, row, step(state))
    .filter((command) => command.allowed)
    .map((command) => command.verb)
    .join(' ')

describe('what an operator may ask of a task', () => {
  it.each<[TaskState, TaskReason | null, string]>([
    ['scheduled', 'start-at', 'cancel'],
    ['scheduled', 'dependency', 'cancel'],
    ['pending', 'queued', 'cancel pause'],
    ['pending', 'approval', 'cancel resolve reject'],
    ['running', null, 'cancel pause'],
    ['running', 'retrying', 'cancel pause'],
    ['paused', 'step-failed', 'cancel resume'],
    ['paused', 'by-user', 'cancel resume'],
    ['stopped', null, ''],
    ['stopped', 'cancelled', ''],
  ])('%s %s: %s', (state, reason, verbs) => {
    expect(allowed(operator, task(state, reason))).toBe(verbs)
    expect(allowed(admin, task(state, reason))).toBe(verbs)
  })

  it('nothing, while another system runs it', () => {
    expect(allowed(admin, task('running', null, { kind: 'reported' }))).toBe('')
  })
})

describe('what an operator may ask of a step', () => {
  it.each<[TaskState, TaskReason | null, string, string]>([
    ['paused', 'step-failed', 'CLIENT_ERROR', 'retry-step skip-step'],
    ['paused', 'retries-exhausted', 'SERVER_ERROR', 'retry-step skip-step'],
    ['paused', 'needs-review', 'CRASHED', 'retry-step skip-step review-step'],
    ['paused', 'needs-review', 'TODO', 'skip-step'],
    ['running', 'retrying', 'TO_RETRY', 'retry-step skip-step'],
    ['running', null, 'RUNNING', ''],
    ['running', null, 'DONE', ''],
    ['running', null, 'TODO', 'skip-step'],
    ['running', null, 'MY_OWN_STATE', ''],
    ['stopped', null, 'CLIENT_ERROR', ''],
    ['pending', 'approval', 'TODO', ''],
  ])('%s %s, step %s: %s', (state, reason, stepState, verbs) => {
    expect(allowedOfStep(operator, task(state, reason), stepState)).toBe(verbs)
  })
})

describe('who may', () => {
  it('command a task: operators, and its owner his own; not viewers, not those who only resolve', () => {
    const running = task('running')
    expect(allowed(owner, running)).toBe('cancel pause')
    expect(allowed(viewer, running)).toBe('')
    expect(allowed(namedResolver, running)).toBe('')
    expect(allowed(ownToken, running)).toBe('')
    expect(allowed(undefined, running)).toBe('')
  })

  it('resolve a task: operators, and the people and groups that it names; not its owner', () => {
    const waiting = task('pending', 'approval')
    expect(allowed(namedResolver, waiting)).toBe('resolve reject')
    expect(allowed(groupResolver, waiting)).toBe('resolve reject')
    expect(allowed(owner, waiting)).toBe('cancel')
    expect(allowed(otherResolver, waiting)).toBe('')
  })
})

describe('why not', () => {
  const whyNot = (verb: TaskVerb, actor: Actor, row: TaskRow) =>
    commandsOfTask(actor, row).find((command) => command.verb === verb)

  it('names the permission that is missing before anything else', () => {
    const found = whyNot('cancel', viewer, task('stopped'))
    expect(found).toMatchObject({ allowed: false, permission: 'task.command' })
    expect(found?.whyNot).toContain('task.command')
  })

  it('says who may resolve when the permission is there but not the name', () => {
    const seeing = actorOf('seeing', ['resolver', 'viewer'])
    expect(whyNot('resolve', seeing, task('pending', 'approval'))?.whyNot).toMatch(/resolver of this task/)
  })

  it('names the state when the person may', () => {
    expect(whyNot('resume', admin, task('running'))?.whyNot).toMatch(/paused/)
    expect(whyNot('cancel', admin, task('stopped'))?.whyNot).toMatch(/over/)
  })

  it('is what the verb itself answers', () => {
    expect(() => demandVerb('cancel', viewer, task('running'))).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    )
    expect(() => demandVerb('resume', admin, task('running', 'retrying'))).toThrow(
      expect.objectContaining({ code: 'not-allowed-now', details: { state: 'running', reason: 'retrying' } }),
    )
    expect(() => demandVerb('retry-step', admin, task('paused'), step('DONE'))).toThrow(
      expect.objectContaining({ code: 'not-allowed-now' }),
    )
    expect(() => demandVerb('pause', owner, task('running'))).not.toThrow()
  })
})
