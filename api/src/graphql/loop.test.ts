import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TemplateDefinitions } from '../domains/templates/read.ts'
import { testDatabase } from '../testing/database.ts'
import { testEngine } from '../testing/engine.ts'
import { type GraphqlTestServer, graphqlTestServer, type Person, signedInPerson } from '../testing/graphql.ts'

let server: GraphqlTestServer
let admin: Person
let stop: () => Promise<void>

beforeAll(async () => {
  const database = await testDatabase()
  const definitions = new TemplateDefinitions(database.app)
  const { engine, listener, ...ended } = await testEngine(database, {
    templateOf: (id) => definitions.of(id),
  })
  stop = ended.stop
  server = await graphqlTestServer(database, { engine, listener })
  admin = await signedInPerson(server.app, 'root', ['admin'])
})
afterAll(async () => {
  server.closeSockets()
  await stop()
})

const save = 'mutation S($text: String!) { saveTemplate(input: {text: $text}) { __typename } }'
const create = `mutation C($input: CreateTaskInput!) {
  createTask(input: $input) { ... on CreatedTask { task { uuid } } }
}`

const looping = `name: looping
description: Greets each
title_format: Greets each
auto_runnable: true
inputs:
- {name: who, description: Whom to greet, collection: true}
- {name: secret, type: password}
steps:
  each:
    description: Greets one
    foreach: '{{.input.who | toJson}}'
    action: {type: echo, configuration: {output: 'hello {{.iterator}}'}}
`

describe('a loop', () => {
  it('shows its items under it, each with what it was given and what it answered; secrets stay masked', async () => {
    await server.ask(save, { text: looping }, admin)
    const input = { template: 'looping', input: { who: ['ada', 'tops3cret'], secret: 'tops3cret' }, wait: 10 }
    const created = await server.ask(create, { input }, admin)
    const { uuid } = (created.data.createTask as unknown as { task: { uuid: string } }).task
    const { data, errors } = await server.ask(
      `query L($id: ID!) { task(id: $id) {
        result stepCount
        top: steps(parentNo: null) { edges { node { name state item } } }
        steps(parentNo: 0) { edges { node { name parentNo itemIndex item state action } } }
      } }`,
      { id: uuid },
      admin,
    )
    expect(errors).toEqual([])
    const item = { parentNo: 0, state: 'DONE', action: 'echo' }
    expect(data.task).toEqual({
      result: 'SUCCESS',
      stepCount: 3,
      top: { edges: [{ node: { name: 'each', state: 'DONE', item: null } }] },
      steps: {
        edges: [
          { node: { ...item, name: 'each-0', itemIndex: 0, item: 'ada' } },
          { node: { ...item, name: 'each-1', itemIndex: 1, item: '••••••' } },
        ],
      },
    })
  })
})
