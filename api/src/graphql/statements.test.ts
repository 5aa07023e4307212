import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { ActionRegistry } from '../engine/action.ts'
import { echoAction } from '../engine/actions/echo.ts'
import type { Engine } from '../engine/engine.ts'
import { Reader } from '../engine/read.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { chain, testEngine, testKeys, testStep, testTask, testTemplate } from '../testing/engine.ts'
import { type GraphqlTestServer, graphqlTestServer, type Person, signedInPerson } from '../testing/graphql.ts'
import { notingStatements } from '../testing/statements.ts'
import { globalId } from './ids.ts'

/*
 * What the pages ask for costs a fixed number of statements, whatever number of rows they show. The documents are those of
 * web/src/tasks: TaskPage with all of its parts, and TasksPage.
 */

const statementsMax = 12

const taskState = `
  id uuid kind title label owner state result reason progress createdAt startAt startedAt endedAt errorSummary lastSeq
  stepCount stepsByState { state count }
  commands { verb allowed whyNot }
  why { code sentence taskId dueAt stepNo }
`
const stepRow = `
  taskId no name description action parentNo itemIndex state tryCount maxRetries attemptNo dependencies startedAt endedAt
  dueAt errorSummary
`
const taskPages = {
  'with its steps': `query TaskPage($id: ID!) {
    task(id: $id) {
      ${taskState}
      region priority tags { name value } resolvers watchers childCounts { state result count } takeovers executor { id host } parent { id title }
      input resolverInput outcome
      steps(first: 100) { edges { node { ${stepRow} } } pageInfo { hasNextPage endCursor } }
    }
  }`,
  'with how much there is about it': `query TaskRelated($id: ID!) {
    task(id: $id) { id relatedCounts { children dependencies resources comments } }
  }`,
  'with its relatives and its record': `query TaskRelatives($id: ID!) {
    task(id: $id) {
      ${taskState}
      children(first: 25) { edges { node { ${taskState} } } }
      dependsOn { ${taskState} }
      blocks { ${taskState} }
      events(first: 100) { seq at kind name stepNo actor data }
    }
  }`,
  'with what its steps brought': `query TaskSteps($id: ID!) {
    task(id: $id) {
      id
      steps(first: 25) {
        edges { node { ${stepRow} output metadata form callback { url } childTasks { uuid } error { message kind detail } commands { verb allowed whyNot }
          attempts { no state output error { message } } } }
      }
    }
  }`,
}
const tasksPage = `query TasksPage($filter: TaskFilter, $first: Int) {
  tasks(filter: $filter, first: $first) {
    edges { node { ${taskState} } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

let database: TestDatabase
let engine: Engine
let server: GraphqlTestServer
let statements: string[]
let admin: Person
let stop: () => Promise<void>
let taskIds: string[]

beforeAll(async () => {
  database = await testDatabase()
  const started = await testEngine(database)
  engine = started.engine
  stop = started.stop
  const noting = notingStatements(database.sql)
  statements = noting.statements
  const app = { ...database.app, sql: noting.sql }
  const templateOf = () => Promise.reject(new Error('these tasks carry their own definitions'))
  const reader = new Reader({
    sql: noting.sql,
    keys: testKeys(),
    registry: new ActionRegistry().add(echoAction),
    templateOf,
  })
  const reading = {
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
  server = await graphqlTestServer(database, { app, engine: reading, listener: started.listener })
  admin = await signedInPerson(database.app, 'root', ['admin'])
  taskIds = await makeTasks()
})
afterAll(() => stop())
beforeEach(() => {
  statements.length = 0
})

/** Every kind of answer to "why": some are over, some wait for others, for a time, for an approval, some have failed. */
async function makeTasks(): Promise<string[]> {
  const good = testTemplate(chain(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']))
  const bad = testTemplate([
    testStep('fine'),
    testStep('fails', {
      action: { type: 'echo', configuration: { error_message: 'no', error_type: 'client' } },
    }),
  ])
  const ids: string[] = []
  for (let n = 0; n < 8; n++) {
    const first = await engine.createTask(testTask(good))
    const failed = await engine.createTask(testTask(bad))
    const held = await engine.createTask(testTask(good, { dependsOn: [failed.id] }))
    const later = await engine.createTask(testTask(good, { startAt: new Date(Date.now() + 3_600_000) }))
    const unapproved = await engine.createTask(testTask(good, { isApproved: false }))
    await engine.waitForStop(failed.id, 10)
    await engine.waitForStop(first.id, 10)
    ids.push(first.id, failed.id, held.id, later.id, unapproved.id)
  }
  return ids
}

it.each(Object.entries(taskPages))('the task page %s, whatever the task', async (_name, query) => {
  for (const id of taskIds.slice(0, 5)) {
    statements.length = 0
    const { data, errors } = await server.ask(query, { id }, admin)
    expect(errors).toEqual([])
    expect(data.task).toMatchObject({ id: globalId('Task', id) })
    expect(statements.length, statements.join(', ')).toBeLessThanOrEqual(statementsMax)
  }
})

it('the list page, however many rows it has', async () => {
  const { data, errors } = await server.ask(tasksPage, { first: 40 }, admin)
  expect(errors).toEqual([])
  expect((data.tasks as unknown as { edges: unknown[] }).edges).toHaveLength(40)
  expect(statements.length, statements.join(', ')).toBeLessThanOrEqual(statementsMax)
})

it('a change of a task, for all its watchers together', async () => {
  const id = taskIds[3] as string
  const query = `subscription S($id: ID!) { taskChanged(id: $id) { ${taskState} steps(first: 100) { edges { node { ${stepRow} } } } } }`
  const streams = Array.from({ length: 12 }, () => server.socket(admin).subscribe(query, { id }))
  await Promise.all(streams.map((stream) => stream.next()))
  statements.length = 0
  await engine.comment(id, 'root', 'hello')
  const seen = await Promise.all(streams.map((stream) => stream.next()))
  expect(seen.every(({ value }) => value?.errors === undefined)).toBe(true)
  expect(statements.length, statements.join(', ')).toBeLessThanOrEqual(statementsMax)
})
