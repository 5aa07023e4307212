import type { TaskReason, TaskState } from '@stint/schema/words'
import { describe, expect, it } from 'vitest'
import { newId } from '../../base/ids.ts'
import { actorOf } from '../../testing/world.ts'
import type { Actor } from '../access/model.ts'
import type { StepRow, TaskRow } from './model.ts'
import type { TaskVerb, VerbFacts } from './verb-rules.ts'
import { commandsOfStep, commandsOfTask, demandVerb } from './verbs.ts'

const owner = actorOf('owner', ['resolver'])
const admin = actorOf('admin', ['admin'])
const operator = actorOf('operator', ['operator'])
const viewer = actorOf('viewer', ['viewer'])
const namedResolver = actorOf('named', ['resolver'])
const groupResolver = actorOf('grouped', ['resolver'], { groups: ['ops'] })
const otherResolver = actorOf('other', ['resolver'])
const facts: VerbFacts = { allowDangerous: false, template: undefined }
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
    watcherGroups: [],
    parentId: null,
    parentStepNo: null,
    tags: {},
    errorSummary: null,
    startAt: null,
    startBefore: null,
    createdAt: at,
    startedAt: null,
    endedAt: null,
    keepSeconds: null,
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

const allowed = (actor: Actor | undefined, row: TaskRow, given: Partial<VerbFacts> = {}) =>
  commandsOfTask(actor, row, { ...facts, ...given })
    .filter((command) => command.allowed && command.verb !== 'set-people')
    .map((command) => command.verb)
    .join(' ')

const allowedOfStep = (actor: Actor, row: TaskRow, state: string, given: Partial<VerbFacts> = {}) =>
  commandsOfStep(actor, row, { ...facts, ...given }, step(state))
    .filter((command) => command.allowed)
    .map((command) => command.verb)
    .join(' ')

const began = { startedAt: new Date() }
const ended = (result: TaskRow['result']) => ({ result, ...began })

describe('what an operator may ask of a task', () => {
  it.each<[TaskState, TaskReason | null, string, Partial<TaskRow>?]>([
    ['scheduled', 'start-at', 'cancel'],
    ['scheduled', 'dependency', 'cancel'],
    ['pending', 'queued', 'cancel pause'],
    ['pending', 'approval', 'cancel resolve reject'],
    ['running', null, 'cancel pause', began],
    ['running', 'retrying', 'cancel pause', began],
    ['paused', 'step-failed', 'cancel resume', began],
    ['paused', 'by-user', 'cancel resume', began],
    ['paused', 'needs-review', 'cancel', began],
    ['paused', 'retries-exhausted', 'cancel resume extend-retries', began],
    ['stopped', null, '', ended('success')],
    ['stopped', 'cancelled', '', ended('cancelled')],
    ['stopped', 'unlocked', 'resume', ended('error')],
    ['stopped', 'halted', 'resume', ended('error')],
    ['stopped', 'halted', '', { result: 'error', startedAt: null }],
  ])('%s %s: %s', (state, reason, verbs, more) => {
    expect(allowed(operator, task(state, reason, more))).toBe(verbs)
  })

  it('nothing, while another system runs it, but who else sees it', () => {
    const reported = task('running', null, { kind: 'reported' })
    expect(allowed(admin, reported, { allowDangerous: true })).toBe('')
    const people = commandsOfTask(admin, reported, facts).find(({ verb }) => verb === 'set-people')
    expect(people?.allowed).toBe(true)
  })
})

describe('what only an administrator may', () => {
  it.each<[TaskState, TaskReason | null, string, Partial<TaskRow>?]>([
    ['pending', 'approval', 'cancel edit-request resolve reject'],
    ['scheduled', 'start-at', 'cancel edit-request'],
    ['pending', 'queued', 'cancel pause', began],
    ['running', null, 'cancel pause', began],
    ['paused', 'step-failed', 'cancel resume start-over edit-request', began],
    ['stopped', null, 'delete', ended('success')],
    ['stopped', null, '', { ...ended('success'), parentId: newId() }],
    ['stopped', null, 'delete', { ...ended('success'), kind: 'reported' }],
    ['stopped', null, 'start-over delete', ended('error')],
    ['stopped', 'cancelled', 'start-over delete', ended('cancelled')],
  ])('%s %s: %s', (state, reason, verbs, more) => {
    expect(allowed(admin, task(state, reason, more))).toBe(verbs)
  })

  it('force and unlock, while the setting allows it', () => {
    const paused = task('paused', 'by-user', began)
    const dangerous = (actor: Actor, row: TaskRow, allowDangerous = true) =>
      commandsOfTask(actor, row, { ...facts, allowDangerous }).filter(({ verb }) => /unlock|force/.test(verb))
    const verbs = (...args: Parameters<typeof dangerous>) =>
      dangerous(...args)
        .filter((command) => command.allowed)
        .map((command) => command.verb)
        .join(' ')
    expect(verbs(admin, paused)).toBe('force-cancel unlock force-unlock')
    expect(verbs(admin, task('running', null, began))).toBe('force-cancel force-unlock')
    expect(verbs(admin, task('stopped', null, ended('error')))).toBe('')
    expect(verbs(operator, paused)).toBe('')
    expect(verbs(admin, paused, false)).toBe('')
    expect(dangerous(admin, paused, false)[0]?.whyNot).toContain('allow_dangerous_actions')
  })
})

describe('what a template lets its owners do', () => {
  const template = {
    allowedResolverUsernames: ['Named'],
    allowedResolverGroups: ['ops'],
    allowTaskStartOver: false,
  }
  const paused = task('paused', 'by-user', began)

  it('edit tasks and set the states of their steps; those whom a creator named do not', () => {
    for (const actor of [namedResolver, groupResolver]) {
      expect(allowed(actor, paused, { template })).toBe('edit-request')
      expect(allowedOfStep(actor, paused, 'DONE', { template })).toBe('set-step-state')
      expect(allowedOfStep(actor, task('running', null, began), 'DONE', { template })).toBe('')
    }
    expect(allowed(namedResolver, paused, { template: { ...template, allowedResolverUsernames: [] } })).toBe(
      '',
    )
  })

  it('start tasks over where it says so, and resolvers too', () => {
    const lets = { template: { ...template, allowTaskStartOver: true } }
    expect(allowed(namedResolver, paused, lets)).toContain('start-over')
    expect(allowed(operator, paused, lets)).toContain('start-over')
    expect(allowed(owner, paused, lets)).not.toContain('start-over')
    expect(allowed(operator, paused, { template })).not.toContain('start-over')
  })
})

describe('what an operator may ask of a step', () => {
  it.each<[TaskState, TaskReason | null, string, string]>([
    ['paused', 'step-failed', 'CLIENT_ERROR', 'retry-step skip-step'],
    ['paused', 'retries-exhausted', 'SERVER_ERROR', 'retry-step skip-step'],
    ['paused', 'needs-review', 'CRASHED', 'retry-step skip-step review-step'],
    ['paused', 'needs-review', 'TODO', 'skip-step'],
    ['running', 'waiting-until', 'WAITING', 'skip-step'],
    ['running', 'retrying', 'TO_RETRY', 'retry-step skip-step'],
    ['running', null, 'EXPANDED', ''],
    ['running', null, 'RUNNING', ''],
    ['running', null, 'DONE', ''],
    ['running', null, 'TODO', 'skip-step'],
    ['running', null, 'MY_OWN_STATE', ''],
    ['stopped', null, 'CLIENT_ERROR', ''],
    ['pending', 'approval', 'TODO', ''],
  ])('%s %s, step %s: %s', (state, reason, stepState, verbs) => {
    expect(allowedOfStep(operator, task(state, reason), stepState)).toBe(verbs)
  })

  it('and an administrator sets its state while the task is paused', () => {
    expect(allowedOfStep(admin, task('paused', 'by-user'), 'DONE')).toBe('set-step-state')
    expect(allowedOfStep(admin, task('running'), 'DONE')).toBe('')
  })
})

describe('who may', () => {
  it('command a task: operators, and its owner his own; not viewers, not those who only resolve', () => {
    const running = task('running', null, began)
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
    // Until it begins, the request is its owner's.
    expect(allowed(owner, waiting)).toBe('cancel edit-request')
    expect(allowed(otherResolver, waiting)).toBe('')
  })
})

describe('why not', () => {
  const whyNot = (verb: TaskVerb, actor: Actor, row: TaskRow) =>
    commandsOfTask(actor, row, facts).find((command) => command.verb === verb)

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
    expect(() => demandVerb('cancel', viewer, task('running'), facts)).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    )
    expect(() => demandVerb('resume', admin, task('running', 'retrying'), facts)).toThrow(
      expect.objectContaining({ code: 'not-allowed-now', details: { state: 'running', reason: 'retrying' } }),
    )
    expect(() => demandVerb('retry-step', admin, task('paused'), facts, step('DONE'))).toThrow(
      expect.objectContaining({ code: 'not-allowed-now' }),
    )
    expect(() => demandVerb('pause', owner, task('running'), facts)).not.toThrow()
  })
})
