import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Person } from '../testing/command-line.ts'
import { adminPassword, type Installation, startInstallation } from '../testing/installation.ts'

/* What waits for a person, and tasks that start tasks, as an administrator types them: everything is the real program. */

let installation: Installation
let admin: Person

const templates = [
  `
name: ask-host
description: Asks which host to use
title_format: Asks
auto_runnable: true
steps:
  ask:
    action:
      type: input
      configuration:
        title: Which host?
        schema: { type: object, required: [host, size], properties: { host: { type: string }, size: { type: number } } }
  use: { dependencies: [ask], action: { type: echo, configuration: { output: 'on {{.step.ask.output.host}}' } } }
result_format: { used: '{{.step.use.output}}' }
`,
  `
name: accept-me
description: Runs when somebody accepts it
title_format: Wants to run
auto_runnable: false
steps:
  go: { action: { type: echo, configuration: { output: gone } } }
`,
  `
name: call-me
description: Waits for a call
title_format: Waits for a call
auto_runnable: true
steps:
  make: { action: { type: callback, configuration: { action: create } } }
  wait: { dependencies: [make], action: { type: callback, configuration: { action: wait, id: '{{.step.make.output.id}}' } } }
`,
  `
name: family
description: Starts others
title_format: Has children
auto_runnable: true
steps:
  one: { action: { type: subtask, configuration: { template: greet, json_input: '{"name": "Ann", "count": 3}', tags: { of: family } } } }
  many: { dependencies: [one], action: { type: batch, configuration: { template_name: greet, inputs: [{ name: Bob }, { name: Cy }], common_inputs: { count: 2 } } } }
result_format: { greeted: '{{.step.one.output.result.greeted}}', all: '{{.step.many.output.success}}' }
`,
]

async function graphql(query: string, variables: Record<string, unknown> = {}) {
  const authorization = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`
  const response = await fetch(`${installation.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query, variables }),
  })
  return (await response.json()) as { data: Record<string, unknown>; errors?: unknown[] }
}

beforeAll(async () => {
  installation = await startInstallation()
  admin = await new Person(installation.url).signIn()
  const save = 'mutation S($input: SaveTemplateInput!) { saveTemplate(input: $input) { __typename } }'
  for (const text of templates)
    expect((await graphql(save, { input: { text } })).data.saveTemplate).toEqual({
      __typename: 'SavedTemplate',
    })
})
afterAll(() => installation.stop())

interface Task {
  readonly uuid: string
  readonly state: string
  readonly reason: string | null
  readonly result: string
  readonly outcome: unknown
}

interface Waiting {
  readonly kind: string
  readonly stepName: string | null
  readonly sentence: string
  readonly task: { readonly uuid: string }
}

const show = (id: string) => admin.json<Task>(['task', 'show', id])
const attention = (...args: string[]) => admin.json<Waiting[]>(['attention', ...args])
const stands = (id: string, reason: string) =>
  expect.poll(async () => (await show(id)).reason, { timeout: 20_000 }).toBe(reason)

describe('what waits for somebody', () => {
  it('is listed, and answered field by field or as JSON', async () => {
    const { uuid } = await admin.json<Task>(['run', 'ask-host'])
    await stands(uuid, 'WAITING_INPUT')
    expect(await attention('--kind', 'input')).toMatchObject([
      { kind: 'INPUT', stepName: 'ask', sentence: 'Which host?', task: { uuid } },
    ])
    const shown = (await admin.stint(['task', 'show', uuid])).stdout
    expect(shown).toContain('ask asks: Which host?')
    expect(shown).toContain('size: number, needed')
    expect(shown).toContain(`stint task answer ${uuid.slice(-8)} ask host=… size=…`)
    const answer = (...args: string[]) => admin.stint(['task', 'answer', uuid, 'ask', ...args])
    expect(await answer()).toMatchObject({ code: 2 })
    expect(await answer('host=db1')).toMatchObject({ code: 2, stderr: expect.stringContaining('size') })
    expect(await answer('--json', '{"host": 1, "size": 1}')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('host: This must be string.'),
    })
    expect(await answer('host=7', 'size=3')).toMatchObject({ code: 0 })
    await expect.poll(async () => (await show(uuid)).outcome, { timeout: 20_000 }).toEqual({ used: 'on 7' })
    expect(await answer('host=7', 'size=3')).toMatchObject({ code: 1 })
  })

  it('is told with the address that is to be called', async () => {
    const { uuid } = await admin.json<Task>(['run', 'call-me'])
    await stands(uuid, 'WAITING_CALLBACK')
    const { stdout } = await admin.stint(['task', 'show', uuid])
    expect(stdout).toContain('wait waits for a call from outside')
    const url = /'(http\S+\/api\/callbacks\/\S+)'/.exec(stdout)?.[1] ?? ''
    const called = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(called.status).toBe(200)
    await expect.poll(async () => (await show(uuid)).result, { timeout: 20_000 }).toBe('SUCCESS')
  })

  it('is approved or rejected with a reason, which stands on the record', async () => {
    const approved = await admin.json<Task>(['run', 'accept-me'])
    const rejected = await admin.json<Task>(['run', 'accept-me'])
    expect((await attention('--kind', 'approval')).map(({ task }) => task.uuid)).toEqual([
      approved.uuid,
      rejected.uuid,
    ])
    expect((await admin.stint(['task', 'approve', approved.uuid])).code).toBe(0)
    expect((await admin.stint(['task', 'reject', rejected.uuid, '-m', 'not now'])).code).toBe(0)
    await expect.poll(async () => (await show(approved.uuid)).result, { timeout: 20_000 }).toBe('SUCCESS')
    expect(await show(rejected.uuid)).toMatchObject({ state: 'STOPPED', reason: 'REJECTED' })
    const events = 'query E($id: ID!) { task(id: $id) { events(first: 20) { name data } } }'
    expect(JSON.stringify((await graphql(events, { id: rejected.uuid })).data)).toContain('not now')
    expect(await attention()).toEqual([])
    expect((await admin.stint(['attention'])).stderr).toContain('Nothing waits for you.')
  })
})

it('a task starts others of stored templates, one and many, in the name of its owner', async () => {
  const { uuid } = await admin.json<Task>(['run', 'family', '--wait=60'])
  expect(await show(uuid)).toMatchObject({ result: 'SUCCESS', outcome: { greeted: 'Ann', all: '2' } })
  const children = `query C($id: ID!) { task(id: $id) { childCounts { state result count }
    children { edges { node { title owner tags { name value } parent { uuid } } } } } }`
  const { data } = await graphql(children, { id: uuid })
  expect(data.task).toMatchObject({
    childCounts: [{ state: 'STOPPED', result: 'SUCCESS', count: 3 }],
    children: {
      edges: [
        {
          node: {
            title: 'Greeting Ann',
            owner: 'admin',
            tags: [{ name: 'of', value: 'family' }],
            parent: { uuid },
          },
        },
        { node: { title: 'Greeting Bob', parent: { uuid } } },
        { node: { title: 'Greeting Cy', parent: { uuid } } },
      ],
    },
  })
})
