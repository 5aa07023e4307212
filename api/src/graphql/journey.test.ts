import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TemplateDefinitions } from '../domains/templates/read.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { testEngine } from '../testing/engine.ts'
import {
  type Answered,
  type GraphqlTestServer,
  graphqlTestServer,
  type Person,
  signedInPerson,
  tokenOf,
} from '../testing/graphql.ts'

/* From a text to a finished task, with the real engine, as a page and a script would do it. */

let database: TestDatabase
let server: GraphqlTestServer
let admin: Person
let operator: Person
let stop: () => Promise<void>

beforeAll(async () => {
  database = await testDatabase()
  const definitions = new TemplateDefinitions(database.app)
  const {
    engine,
    listener,
    stop: end,
  } = await testEngine(database, { templateOf: (id) => definitions.of(id) })
  stop = end
  server = await graphqlTestServer(database, { engine, listener })
  admin = await signedInPerson(server.app, 'root', ['admin'])
  operator = await signedInPerson(server.app, 'oscar', ['operator'])
})
afterAll(async () => {
  server.closeSockets()
  await stop()
})

const greeting = `name: greeting
description: Says hello
title_format: Greets {{.input.who}}
auto_runnable: true
inputs:
- name: who
  description: Whom to greet
- name: secret
  type: password
  optional: true
steps:
  hello:
    description: Says it
    action:
      type: echo
      configuration:
        output: { text: 'hello {{.input.who}} with {{.input.secret}}' }
  goodbye:
    description: Says it again
    dependencies: [hello]
    action:
      type: echo
      configuration:
        output: { text: '{{.step.hello.output.text}} and goodbye' }
`

const failing = `name: failing
description: Fails in the middle
title_format: Fails
auto_runnable: true
steps:
  breaks:
    description: Breaks
    action:
      type: echo
      configuration: { error_message: no such volume, error_type: client }
`

const save = `mutation S($text: String!) {
  saveTemplate(input: {text: $text}) {
    __typename
    ... on SavedTemplate { isNewVersion template { name version canRun inputs { name type } steps { name action dependencies { step states } } } }
    ... on TemplateProblem { message findings { line column code message } }
  }
}`

const create = `mutation C($input: CreateTaskInput!) {
  createTask(input: $input) {
    __typename
    ... on CreatedTask { isNew task { id uuid state result } }
    ... on InputProblem { message fields { name message } }
  }
}`

type Task = { id: string; uuid: string; state: string; [field: string]: unknown }
const pick = <T>(answer: Answered, field: string) => answer.data[field] as unknown as T

async function started(input: Record<string, unknown>, by: Person = operator): Promise<Task> {
  const answer = await server.ask(create, { input }, by)
  expect(answer.errors).toEqual([])
  return pick<{ task: Task }>(answer, 'createTask').task
}

describe('a template', () => {
  it('that is wrong is answered with the places of its faults, and is not stored', async () => {
    const { data, errors } = await server.ask(
      save,
      { text: greeting.replace('dependencies: [hello]', 'dependencies: [nobody]') },
      admin,
    )
    expect(errors).toEqual([])
    expect(data.saveTemplate).toMatchObject({
      __typename: 'TemplateProblem',
      findings: [{ line: 20, code: 'unknown-step' }, { code: 'not-a-dependency' }],
    })
    const missing = await server.ask('{ template(name: "greeting") { id } }', {}, admin)
    expect(missing.data).toEqual({ template: null })
  })

  it('is stored once for the same text, and its version is what it says', async () => {
    const first = await server.ask(save, { text: greeting }, admin)
    expect(first.data.saveTemplate).toEqual({
      __typename: 'SavedTemplate',
      isNewVersion: true,
      template: {
        name: 'greeting',
        version: 1,
        canRun: true,
        inputs: [
          { name: 'who', type: 'STRING' },
          { name: 'secret', type: 'PASSWORD' },
        ],
        steps: [
          { name: 'hello', action: 'echo', dependencies: [] },
          { name: 'goodbye', action: 'echo', dependencies: [{ step: 'hello', states: ['DONE'] }] },
        ],
      },
    })
    const again = await server.ask(save, { text: greeting }, admin)
    expect(again.data.saveTemplate).toMatchObject({ isNewVersion: false, template: { version: 1 } })
    await server.ask(save, { text: failing }, admin)
    const { data } = await server.ask(
      '{ templates(first: 1) { edges { node { name isLatest } } pageInfo { hasNextPage endCursor } } }',
      {},
      operator,
    )
    expect(data.templates).toMatchObject({
      edges: [{ node: { name: 'failing', isLatest: true } }],
      pageInfo: { hasNextPage: true },
    })
  })

  it('is stored by those who manage templates only, and checked by all who see them', async () => {
    expect((await server.ask(save, { text: greeting }, operator)).errors).toMatchObject([
      { extensions: { details: { permission: 'template.manage' } } },
    ])
    const check =
      'query Q($text: String!) { checkTemplate(text: $text) { isValid findings { line } } actions { type idempotent } }'
    const { data } = await server.ask(check, { text: 'name: x' }, operator)
    expect(data).toMatchObject({
      checkTemplate: { isValid: false },
      actions: [
        { type: 'echo', idempotent: 'yes' },
        { type: 'wait', idempotent: 'yes' },
      ],
    })
    const large = await server.ask(check, { text: 'x'.repeat(2_097_153) }, operator).catch(() => undefined)
    expect(large?.status ?? 413).toBe(413)
  })
})

describe('a task', () => {
  it('with values that do not fit is answered field by field', async () => {
    const { data } = await server.ask(
      create,
      { input: { template: 'greeting', input: { who: 3 }, tags: [{ name: '', value: 'x' }] } },
      operator,
    )
    expect(data.createTask).toMatchObject({
      __typename: 'InputProblem',
      fields: [{ name: 'who' }, { name: 'tags' }],
    })
    const list = await server.ask(create, { input: { template: 'greeting', input: ['who'] } }, operator)
    expect(list.errors).toMatchObject([
      { extensions: { code: 'invalid-input', details: { fields: [{ name: 'input' }] } } },
    ])
    const unknown = await server.ask(create, { input: { template: 'nowhere' } }, operator)
    expect(unknown.errors).toMatchObject([{ extensions: { code: 'not-found' } }])
    expect((await server.ask('{ tasks { edges { cursor } } }', {}, admin)).data).toEqual({
      tasks: { edges: [] },
    })
  })

  it('runs to its end while somebody waits, and shows what it did, without its secrets', async () => {
    const { uuid } = await started({
      template: 'greeting',
      input: { who: 'Ann', secret: 'hunter22' },
      tags: [{ name: 'team', value: 'db' }],
      wait: 10,
    })
    const answer = await server.ask(
      `query T($id: ID!) { task(id: $id) {
        title state result owner progress input tags { name value } template { name version } stepCount stepsByState { state count }
        steps(first: 10) { edges { node { name description action state dependencies output attempts { no state output } } } }
        events { seq kind name } lastSeq
      } }`,
      { id: uuid },
      operator,
    )
    expect(answer.errors).toEqual([])
    const task = pick<Task & { events: { seq: number }[]; lastSeq: number }>(answer, 'task')
    expect(task).toMatchObject({
      title: 'Greets Ann',
      state: 'STOPPED',
      result: 'SUCCESS',
      owner: 'oscar',
      progress: 1,
      input: { who: 'Ann' },
      tags: [{ name: 'team', value: 'db' }],
      template: { name: 'greeting', version: 1 },
      stepCount: 2,
      stepsByState: [{ state: 'DONE', count: 2 }],
    })
    expect(JSON.stringify(task)).not.toContain('hunter22')
    expect(JSON.stringify(task)).toContain('and goodbye')
    expect(task.events.map((event) => event.seq)).toEqual(
      Array.from({ length: task.lastSeq }, (_, index) => index + 1),
    )
  })

  it('with the same key is started once', async () => {
    const input = { template: 'greeting', input: { who: 'Bob' }, idempotencyKey: 'bob-1', wait: 10 }
    const first = await started(input)
    const answer = await server.ask(create, { input }, operator)
    expect(answer.data.createTask).toMatchObject({ isNew: false, task: { id: first.id } })
  })

  it('is followed live from its approval to its end, without a gap in its record', async () => {
    await server.ask(
      save,
      { text: greeting.replace('auto_runnable: true\n', '').replaceAll('greeting', 'careful') },
      admin,
    )
    const { uuid, id } = await started({ template: 'careful', input: { who: 'Cleo' } })
    const socket = server.socket(operator)
    const states = socket.subscribe(
      'subscription S($id: ID!) { taskChanged(id: $id) { state reason steps(first: 5) { edges { node { state } } } } }',
      { id },
    )
    const token = await tokenOf(server.app, operator.actor)
    const events = server.events(
      'subscription S($id: ID!) { taskEvents(id: $id) { seq kind name actor } }',
      { id: uuid },
      { token },
    )
    const first = (await states.next()).value?.data as { taskChanged: Task }
    expect(first.taskChanged).toMatchObject({ state: 'PENDING', reason: 'APPROVAL' })
    const resolved = await server.ask(
      'mutation R($id: ID!) { resolveTask(input: {taskId: $id}) { uuid } }',
      { id },
      operator,
    )
    expect(resolved.errors).toEqual([])
    let last: Task | undefined
    for await (const { data } of states) {
      last = (data as unknown as { taskChanged: Task }).taskChanged
      if (last.state === 'STOPPED') break
    }
    expect(last).toMatchObject({
      steps: { edges: [{ node: { state: 'DONE' } }, { node: { state: 'DONE' } }] },
    })
    const seen: { seq: number; name: string; actor: string | null }[] = []
    for await (const { data } of events) {
      seen.push((data as unknown as { taskEvents: (typeof seen)[number] }).taskEvents)
      if (seen.at(-1)?.name === 'stopped') break
    }
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1))
    expect(seen).toContainEqual(expect.objectContaining({ name: 'resolve', actor: 'oscar' }))
  })

  it('that fails says why, offers what can be done, and goes on after a step is skipped', async () => {
    const { id } = await started({ template: 'failing', wait: 10 })
    const query = `query T($id: ID!) { task(id: $id) {
      state reason errorSummary why { code sentence stepNo } commands { verb allowed }
      step(no: 0) { state error { message kind } commands { verb allowed } }
    } }`
    const { data } = await server.ask(query, { id }, operator)
    expect(data.task).toMatchObject({
      state: 'PAUSED',
      reason: 'STEP_FAILED',
      errorSummary: expect.stringContaining('no such volume'),
      why: { code: 'step-failed', stepNo: 0 },
      commands: expect.arrayContaining([
        { verb: 'RESUME', allowed: true },
        { verb: 'PAUSE', allowed: false },
      ]),
      step: {
        state: 'CLIENT_ERROR',
        error: { message: expect.stringContaining('no such volume'), kind: 'client' },
        commands: expect.arrayContaining([{ verb: 'SKIP_STEP', allowed: true }]),
      },
    })
    const skip =
      'mutation K($id: ID!) { skipStep(input: {taskId: $id, stepNo: 0, reason: "not needed here"}) { state } }'
    expect((await server.ask(skip, { id }, operator)).errors).toEqual([])
    const over = await server.ask(
      'query T($id: ID!) { task(id: $id) { events { kind name data } } }',
      { id },
      operator,
    )
    expect(JSON.stringify(over.data)).toContain('not needed here')
    await expect
      .poll(
        async () =>
          (await server.ask('query T($id: ID!) { task(id: $id) { state result } }', { id }, operator)).data
            .task,
      )
      .toEqual({ state: 'STOPPED', result: 'WARNING' })
    const late = await server.ask(
      'mutation K($id: ID!) { cancelTask(input: {taskId: $id}) { state } }',
      { id },
      operator,
    )
    expect(late.errors).toMatchObject([
      { extensions: { code: 'not-allowed-now', details: { state: 'stopped' } } },
    ])
  })

  it('is counted by state and result', async () => {
    const { data } = await server.ask(
      '{ all: taskCounts { state result count isCapped latestAt } one: taskCounts(filter: {templateName: "failing"}) { state count } }',
      {},
      operator,
    )
    expect(data.all).toContainEqual({
      state: 'STOPPED',
      result: 'SUCCESS',
      count: expect.any(Number),
      isCapped: false,
      latestAt: expect.any(String),
    })
    expect(data.one).toEqual([{ state: 'STOPPED', count: 1 }])
  })

  it('cannot be started from a template that is blocked', async () => {
    const block =
      'mutation B($blocked: Boolean!) { setTemplateBlocked(input: {name: "greeting", blocked: $blocked}) { canRun whyNotRun } }'
    expect((await server.ask(block, { blocked: true }, admin)).data.setTemplateBlocked).toMatchObject({
      canRun: false,
      whyNotRun: expect.stringContaining('blocked'),
    })
    const answer = await server.ask(
      create,
      { input: { template: 'greeting', input: { who: 'Eve' } } },
      operator,
    )
    expect(answer.errors).toMatchObject([
      { extensions: { code: 'template-blocked', details: { template: 'greeting' } } },
    ])
    expect((await server.ask(block, { blocked: false }, admin)).data.setTemplateBlocked).toMatchObject({
      canRun: true,
    })
  })
})
