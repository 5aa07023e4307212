import type { Template } from '@stint/schema/template-types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { ActionRegistry } from '../engine/action.ts'
import { callbackAction } from '../engine/actions/callback.ts'
import { echoAction } from '../engine/actions/echo.ts'
import { inputAction } from '../engine/actions/input.ts'
import { subtaskAction } from '../engine/actions/subtask.ts'
import type { Engine } from '../engine/engine.ts'
import { Reader } from '../engine/read.ts'
import { childTasksOf } from '../testing/children.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { testEngine, testKeys, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { type GraphqlTestServer, graphqlTestServer, type Person, signedInPerson } from '../testing/graphql.ts'
import { notingStatements } from '../testing/statements.ts'
import { globalId } from './ids.ts'

let database: TestDatabase
let engine: Engine
let server: GraphqlTestServer
let stop: () => Promise<void>
let statements: string[]
const people: Record<string, Person> = {}
const templates: Record<string, Template> = {}

beforeAll(async () => {
  database = await testDatabase()
  const registry = new ActionRegistry()
    .add(echoAction)
    .add(inputAction(systemClock))
    .add(callbackAction(systemClock))
    .add(subtaskAction(systemClock))
  const started = await testEngine(database, {
    registry,
    childTasks: childTasksOf(templates),
    ownUrl: () => 'http://stint.test',
  })
  engine = started.engine
  stop = started.stop
  const noting = notingStatements(database.sql)
  statements = noting.statements
  const reader = new Reader({
    sql: noting.sql,
    keys: testKeys(),
    registry,
    templateOf: () => Promise.reject(new Error('these tasks carry their own definitions')),
    ownUrl: () => 'http://stint.test',
  })
  const noted = {
    reader,
    outside: engine.outside,
    createTask: engine.createTask.bind(engine),
    command: engine.command.bind(engine),
    comment: engine.comment.bind(engine),
    checkApproval: engine.checkApproval.bind(engine),
    editRequest: engine.editRequest.bind(engine),
    startOver: engine.startOver.bind(engine),
    note: engine.note.bind(engine),
    orderDrain: engine.orderDrain.bind(engine),
  }
  const app = { ...database.app, sql: noting.sql }
  server = await graphqlTestServer(database, {
    app,
    engine: noted,
    listener: started.listener,
    actions: registry,
  })
  people.root = await signedInPerson(database.app, 'root', ['admin'])
  people.ann = await signedInPerson(database.app, 'ann', ['resolver'], ['dba'])
  people.bob = await signedInPerson(database.app, 'bob', ['resolver'])
  people.eve = await signedInPerson(database.app, 'eve', ['viewer'])
})
afterAll(() => stop())

const schema = { type: 'object', required: ['host'], properties: { host: { type: 'string' } } }
const ask = (configuration: Record<string, unknown> = {}) =>
  testTemplate([
    testStep('ask', {
      action: { type: 'input', configuration: { title: 'Which host?', schema, ...configuration } },
    }),
  ])
const failing = testTemplate([
  testStep('fails', {
    action: { type: 'echo', configuration: { error_message: 'no', error_type: 'client' } },
  }),
])

const attention = `query A($kinds: [AttentionKind!], $first: Int, $after: String) {
  needsAttentionCount
  needsAttention(kinds: $kinds, first: $first, after: $after) {
    edges { cursor node { kind stepNo stepName since sentence canAct task { uuid } } }
    pageInfo { hasNextPage endCursor }
  }
}`

interface Item {
  readonly kind: string
  readonly stepNo: number | null
  readonly stepName: string | null
  readonly sentence: string
  readonly task: { readonly uuid: string }
}

interface Answer {
  readonly needsAttentionCount: number
  readonly needsAttention: {
    readonly edges: readonly { readonly node: Item }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
  }
}

async function waitsFor(name: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await server.ask(attention, variables, people[name])
  expect(errors).toEqual([])
  return data as unknown as Answer
}

const idsFor = async (name: string) =>
  (await waitsFor(name)).needsAttention.edges.map(({ node }) => `${node.kind} ${node.task.uuid}`)

const reasonOf = async (id: string) =>
  (await database.sql`select reason from task where id = ${id}`)[0]?.reason as string | null

async function made(template: Template, given: Parameters<typeof testTask>[1] = {}, reason?: string) {
  const { id } = await engine.createTask(testTask(template, given))
  if (reason) await expect.poll(() => reasonOf(id)).toBe(reason)
  return id
}

describe('what needs attention', () => {
  it('is what the person may act on, and nothing else', async () => {
    const approval = await made(testTemplate([testStep('a')]), { isApproved: false, resolvers: ['ann'] })
    const paused = await made(failing, {}, 'step-failed')
    const asked = await made(ask({ answerer_groups: ['dba'] }), {}, 'waiting-input')
    const watched = await made(ask(), { watcherGroups: ['dba'], resolvers: ['bob'] }, 'waiting-input')
    expect(await idsFor('root')).toEqual([
      `APPROVAL ${approval}`,
      `PAUSED ${paused}`,
      `INPUT ${asked}`,
      `INPUT ${watched}`,
    ])
    // Named by name, by group; watching is not acting.
    expect(await idsFor('ann')).toEqual([`APPROVAL ${approval}`, `INPUT ${asked}`])
    expect(await idsFor('bob')).toEqual([`INPUT ${watched}`])
    expect(await idsFor('eve')).toEqual([])
    const all = await waitsFor('root')
    expect(all.needsAttentionCount).toBe(4)
    expect(all.needsAttention.edges.map(({ node }) => [node.stepName, node.sentence])).toEqual([
      [null, 'Waits until ann accepts it.'],
      [null, expect.stringContaining('Paused because step fails failed')],
      ['ask', 'Which host?'],
      ['ask', 'Which host?'],
    ])
  })

  it('comes in pages that neither repeat nor leave out', async () => {
    const seen: string[] = []
    let after: string | undefined
    do {
      const { needsAttention } = await waitsFor('root', { first: 1, after })
      seen.push(...needsAttention.edges.map(({ node }) => `${node.kind} ${node.task.uuid}`))
      after = needsAttention.pageInfo.hasNextPage ? needsAttention.pageInfo.endCursor : undefined
    } while (after)
    expect(seen).toEqual(await idsFor('root'))
    const inputs = await waitsFor('root', { kinds: ['INPUT'] })
    expect(inputs.needsAttention.edges).toHaveLength(2)
    const wrong = await server.ask(attention, { after: 'nonsense' }, people.root)
    expect(wrong.errors[0]?.extensions?.code).toBe('invalid-cursor')
  })
})

const step = `query S($id: ID!) { task(id: $id) { reason childCounts { state result count }
  relatedCounts { children openChildren dependencies resources comments }
  children { edges { node { uuid } } }
  step(no: 0) { state form callback { url createdAt calledAt } childTasks { uuid state result }
    commands { verb allowed whyNot } } } }`

interface StepAnswer {
  readonly task: {
    readonly childCounts: unknown
    readonly relatedCounts: unknown
    readonly step: {
      readonly form: unknown
      readonly callback: { readonly url: string; readonly calledAt: string | null } | null
      readonly childTasks: readonly { readonly uuid: string; readonly state: string }[]
      readonly commands: readonly {
        readonly verb: string
        readonly allowed: boolean
        readonly whyNot: string
      }[]
    }
  }
}

async function shown(id: string, name: string): Promise<StepAnswer['task']> {
  const { data, errors } = await server.ask(step, { id: globalId('Task', id) }, people[name])
  expect(errors).toEqual([])
  return (data as unknown as StepAnswer).task
}

const answer = `mutation A($input: AnswerInputInput!) { answerInput(input: $input) {
  ... on Task { uuid reason } ... on InputProblem { message fields { name message } } } }`

it('costs the same number of statements, however many things wait', async () => {
  for (let n = 0; n < 12; n++) {
    await made(ask(), {}, 'waiting-input')
    await made(failing, {}, 'step-failed')
  }
  statements.length = 0
  const { needsAttention } = await waitsFor('root', { first: 50 })
  expect(needsAttention.edges.length).toBeGreaterThan(24)
  expect(statements.length, statements.join(', ')).toBeLessThanOrEqual(12)
})

describe('an input step', () => {
  it('shows its form and is answered by who is asked', async () => {
    const id = await made(
      ask({ description: 'Look at the graphs.', answerer_usernames: ['ann'] }),
      {},
      'waiting-input',
    )
    const asked = await shown(id, 'ann')
    expect(asked.step.form).toEqual({ ...schema, title: 'Which host?', description: 'Look at the graphs.' })
    const verb = (task: StepAnswer['task']) => task.step.commands.find((each) => each.verb === 'ANSWER_INPUT')
    expect(verb(asked)).toMatchObject({ allowed: true })
    expect(verb(await shown(id, 'eve'))).toMatchObject({ allowed: false })
    const input = { taskId: id, stepNo: 0, answer: { host: 1 } }
    const refused = await server.ask(answer, { input }, people.eve)
    expect(refused.errors[0]?.extensions?.code).toBe('forbidden')
    const misfit = await server.ask(answer, { input }, people.ann)
    expect(misfit.data.answerInput).toMatchObject({
      fields: [{ name: 'host', message: 'This must be string.' }],
    })
    const right = await server.ask(answer, { input: { ...input, answer: { host: 'db1' } } }, people.ann)
    expect(right.errors).toEqual([])
    expect(right.data.answerInput).toMatchObject({ uuid: id })
    await expect
      .poll(async () => (await database.sql`select result from task where id = ${id}`)[0]?.result)
      .toBe('success')
    const late = await server.ask(answer, { input: { ...input, answer: { host: 'db2' } } }, people.ann)
    expect(late.errors[0]?.extensions?.code).toBe('not-allowed-now')
  })
})

it('a callback shows its address only to who may command the task', async () => {
  const template = testTemplate([
    testStep('make', { action: { type: 'callback', configuration: { action: 'create' } } }),
  ])
  const id = await made(template, { watchers: ['ann'] })
  await engine.waitForStop(id, 10)
  expect((await shown(id, 'root')).step.callback).toMatchObject({
    url: expect.stringMatching(/^http:\/\/stint\.test\/api\/callbacks\/[^?]+\?t=.{40,}$/),
    calledAt: null,
  })
  expect((await shown(id, 'ann')).step.callback).toBeNull()
})

it('a step shows the tasks that it started, and the task counts them', async () => {
  templates.child = testTemplate([testStep('a')], { name: 'child' })
  const parent = testTemplate([
    testStep('start', { action: { type: 'subtask', configuration: { template: 'child' } } }),
  ])
  const id = await made(parent)
  await engine.waitForStop(id, 10)
  await engine.comment(id, 'root', 'as it should be')
  const task = await shown(id, 'root')
  expect(task.relatedCounts).toEqual({
    children: 1,
    openChildren: 0,
    dependencies: 0,
    resources: 0,
    comments: 1,
  })
  expect(task.childCounts).toEqual([{ state: 'STOPPED', result: 'SUCCESS', count: 1 }])
  expect(task.step.childTasks).toMatchObject([{ state: 'STOPPED', result: 'SUCCESS' }])
})

it('a comment is corrected and taken back by its author alone, and the record keeps all of it', async () => {
  const id = await made(testTemplate([testStep('a')]), { watchers: ['ann', 'bob'] })
  await engine.waitForStop(id, 10)
  const record = async () => {
    const query = 'query R($id: ID!) { task(id: $id) { events(first: 50) { seq kind name actor data } } }'
    const { data } = await server.ask(query, { id }, people.root)
    const { events } = data.task as unknown as {
      events: { seq: number; kind: string; name: string; data: object }[]
    }
    return events.filter((event) => event.kind === 'COMMENT')
  }
  await engine.comment(id, 'ann', 'the disk is full')
  const seq = (await record())[0]?.seq
  const edit = `mutation E($input: EditCommentInput!) { editComment(input: $input) { uuid } }`
  const remove = `mutation D($input: DeleteCommentInput!) { deleteComment(input: $input) { uuid } }`
  const codeOf = (answer: { errors: readonly { extensions?: Record<string, unknown> }[] }) =>
    answer.errors[0]?.extensions?.code
  const input = { taskId: id, seq, text: 'the disk is nearly full' }
  expect(codeOf(await server.ask(edit, { input }, people.bob))).toBe('forbidden')
  expect(codeOf(await server.ask(edit, { input: { ...input, seq: 1 } }, people.ann))).toBe('not-found')
  expect((await server.ask(edit, { input }, people.ann)).errors).toEqual([])
  expect((await server.ask(remove, { input: { taskId: id, seq } }, people.ann)).errors).toEqual([])
  expect(codeOf(await server.ask(edit, { input }, people.ann))).toBe('not-allowed-now')
  expect((await shown(id, 'root')).relatedCounts).toMatchObject({ comments: 0 })
  expect(await record()).toMatchObject([
    { seq, name: 'comment', actor: 'ann', data: { text: 'the disk is full' } },
    { name: 'comment-corrected', actor: 'ann', data: { of: seq, text: 'the disk is nearly full' } },
    { name: 'comment-withdrawn', actor: 'ann', data: { of: seq } },
  ])
})
