import { expect } from '@playwright/test'
import { limits } from '@stint/schema/limits'
import { Api, Refused } from '../kit/api.ts'
import { test } from '../kit/fixtures.ts'
import { enter, hire } from '../kit/people.ts'
import { adminPassword } from '../kit/server.ts'
import { countTasks, listTemplates } from '../kit/tasks.ts'

interface Finding {
  readonly line: number
  readonly column: number
  readonly code: string
  readonly message: string
}

type Saved = { saveTemplate: { __typename: string; message?: string; findings?: Finding[] } }

const save = /* GraphQL */ `
  mutation Save($text: String!) {
    saveTemplate(input: { text: $text }) {
      __typename
      ... on TemplateProblem { message findings { line column code message } }
    }
  }
`

const head = 'name: broken\ndescription: Broken\ntitle_format: Broken\n'
const step = '{description: x, action: {type: echo, configuration: {output: x}}'

const brokenTemplates: [what: string, text: string, line: number, column: number, message: RegExp][] = [
  ['malformed YAML', `${head}steps: one: two\n`, 4, 8, /mapping/i],
  ['an unknown key', `${head}frobnicate: 1\nsteps: {}\n`, 4, 1, /frobnicate/],
  ['an unknown key in a step', `${head}steps:\n  one: ${step}, retires: 3}\n`, 5, 75, /retires/],
  [
    'a circle of dependencies',
    `${head}steps:\n  one: ${step}, dependencies: [two]}\n  two: ${step}, dependencies: [one]}\n`,
    6,
    90,
    /one.*two/,
  ],
  ['an unknown dependency', `${head}steps:\n  one: ${step}, dependencies: [nobody]}\n`, 5, 90, /nobody/],
  ['an unknown action', `${head}steps:\n  one: {description: x, action: {type: fly}}\n`, 5, 40, /fly/],
]

const badTasks: [what: string, body: unknown, status: number, code: string, message: RegExp][] = [
  ['a missing input', { template: 'note' }, 422, 'invalid-input', /text/],
  [
    'a wrong type',
    { template: 'wait-for-url', input: { url: 'http://x', status: 'many' } },
    422,
    'invalid-input',
    /status.*number/,
  ],
  [
    'a value that is not legal',
    { template: 'break-something', input: { what: 'the moon' } },
    422,
    'invalid-input',
    /what/,
  ],
  ['an unknown template', { template: 'nowhere' }, 404, 'not-found', /nowhere/],
  ['an unknown field', { template: 'note', inptu: {} }, 400, 'invalid-request', /inptu/],
  ['what is no JSON', '{"template": "note",', 400, 'invalid-request', /JSON/],
  [
    'a body over the limit',
    { template: 'note', input: { text: 'x'.repeat(limits.requestBodyBytesMax) } },
    413,
    'body-too-large',
    /1.*(MB|bytes|MiB)/i,
  ],
]

// An installation of its own: the numbers before and after are about nothing but these requests.
test('what is refused says why, and nothing of it is written', async ({ installation }) => {
  const admin = await enter((await installation()).origin, 'admin', adminPassword)
  const before = { tasks: await countTasks(admin.api), templates: await listTemplates(admin.api) }

  for (const [what, text, line, column, message] of brokenTemplates) {
    await test.step(what, async () => {
      const { saveTemplate } = await admin.api.ask<Saved>(save, { text })
      expect(saveTemplate.__typename).toBe('TemplateProblem')
      const [finding] = saveTemplate.findings ?? []
      expect.soft(finding, what).toMatchObject({ line, column, message: expect.stringMatching(message) })
    })
  }

  for (const [what, body, status, code, message] of badTasks) {
    await test.step(what, async () => {
      const answer = await admin.api.send('POST', '/api/tasks', body)
      expect.soft(answer, what).toMatchObject({ status, body: { code, requestId: expect.any(String) } })
      expect.soft(JSON.stringify(answer.body)).toMatch(message)
    })
  }

  await test.step('a token without the right', async () => {
    const viewer = await hire(admin.api, 'viewer')
    const request = { template: 'note', input: { text: 'not allowed' } }
    expect(await viewer.api.send('POST', '/api/tasks', request)).toMatchObject({
      status: 403,
      body: { code: 'forbidden', details: { permission: 'task.create' } },
    })
    const refusal = viewer.api.ask(save, { text: `${head}steps:\n  one: ${step}}\n` })
    await expect(refusal).rejects.toMatchObject({
      code: 'forbidden',
      details: { permission: 'template.manage' },
    })
  })

  await test.step('no token, a wrong token', async () => {
    for (const token of [undefined, 'stint_nonsense']) {
      const answer = await new Api(admin.api.origin, token).send('POST', '/api/tasks', { template: 'note' })
      expect(answer).toMatchObject({ status: 401, body: { message: expect.any(String) } })
    }
  })

  await test.step('GraphQL says the same', async () => {
    const create = 'mutation C($input: CreateTaskInput!) { createTask(input: $input) { __typename } }'
    const refusal = admin.api.ask(create, { input: { template: 'nowhere' } })
    await expect(refusal).rejects.toBeInstanceOf(Refused)
    await expect(refusal).rejects.toMatchObject({ code: 'not-found' })
    const answer = await admin.api.ask(create, { input: { template: 'note', input: { text: 1 } } })
    expect(answer).toEqual({ createTask: { __typename: 'InputProblem' } })
  })

  const after = { tasks: await countTasks(admin.api), templates: await listTemplates(admin.api) }
  expect(after).toEqual(before)
})
