import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkout } from '../base/config.ts'
import { Person } from '../testing/command-line.ts'
import { adminPassword, type Installation, startInstallation } from '../testing/installation.ts'
import { startProgram } from '../testing/program.ts'

const example = join(checkout, 'api/plugins/example')
const template = `
name: book
description: Opens a ticket
title_format: Books
auto_runnable: true
steps:
  open: { action: { type: ticket, configuration: { subject: 'For {{.task.requester_username}}', lines: [a] } } }
result_format: { ticket: '{{.step.open.output.id}}' }
`

let installation: Installation
beforeAll(async () => {
  installation = await startInstallation({ environment: { STINT_PLUGINS_DIRS: example } })
})
afterAll(() => installation.stop())

const basic = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${installation.url}${path}`, { method, headers })

async function query(text: string, headers: Record<string, string>, variables: object = {}) {
  const answer = await fetch(`${installation.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: text, variables }),
  })
  return (await answer.json()) as { data: Record<string, never>; errors?: { message: string }[] }
}

describe('the example plug-in', () => {
  it('has an action that runs in tasks and stands in the documentation with its file', async () => {
    const admin = await new Person(installation.url).signIn()
    const save = 'mutation ($text: String!) { saveTemplate(input: { text: $text }) { __typename } }'
    expect((await query(save, { authorization: basic }, { text: template })).errors).toBeUndefined()
    const task = await admin.json<{ result: string }>(['run', 'book', '--wait'])
    expect(task).toMatchObject({ state: 'STOPPED', result: 'SUCCESS' })
    const listed = await admin.json<{ type: string; source: string }[]>(['action', 'list', '--server'])
    expect(listed.find(({ type }) => type === 'ticket')?.source).toBe(join(example, 'ticket.ts'))
    expect((await admin.stint(['action', 'show', 'ticket', '--server'])).stdout).toContain('# ticket')
  })

  it('has routes that ask who comes', async () => {
    expect((await ask('/plugins/ticket/tickets')).status).toBe(401)
    expect(await (await ask('/plugins/ticket/tickets', { authorization: basic })).json()).toMatchObject({
      user: 'admin',
    })
    expect((await ask('/plugins/ticket/none', { authorization: basic })).status).toBe(404)
    expect((await ask('/plugins/other/tickets', { authorization: basic })).status).toBe(404)
  })

  it('names people, who have the roles that we give them and no more', async () => {
    const badge = { 'x-example-badge': 'grace night-shift' }
    const me = await query('{ me { name roles groups } }', badge)
    expect(me.data).toMatchObject({ me: { name: 'grace', roles: ['VIEWER'], groups: ['night-shift'] } })
    expect((await ask('/plugins/ticket/tickets', badge)).status).toBe(200)
    // A viewer commands nothing, whoever says that he is there.
    expect(
      (await ask('/plugins/ticket/tickets/1/close', { ...badge, origin: installation.url }, 'POST')).status,
    ).toBe(403)
    // Another site cannot use the badge of somebody's browser.
    expect(
      (await ask('/plugins/ticket/tickets/1/close', { ...badge, origin: 'https://evil.test' }, 'POST'))
        .status,
    ).toBe(403)
    expect((await ask('/plugins/ticket/tickets', { authorization: 'Bearer nonsense' })).status).toBe(401)
    expect(
      (await ask('/plugins/ticket/tickets', { ...badge, authorization: 'Bearer their-own' })).status,
    ).toBe(200)
  })

  it('brings configuration items, which nobody sees before they are allowed', async () => {
    const { data } = await query('{ configurationItems { name source allowed } }', { authorization: basic })
    expect(data.configurationItems).toContainEqual({ name: 'ticket-queue', source: 'ticket', allowed: false })
  })
})

it('a plug-in that cannot be used ends the start with its file', async () => {
  const root = mkdtempSync(join(tmpdir(), 'stint-broken-plugin-'))
  writeFileSync(
    join(root, 'twin.ts'),
    `import { defineAction } from 'stint/plugin'
export const one = defineAction({ type: 'http', description: 'x', configuration: {}, idempotent: true, run: () => ({}) })`,
  )
  const program = startProgram([join(checkout, 'api/src/cli/main.ts'), 'api'], {
    PORT: '0',
    STINT_DATA_DIR: join(root, 'data'),
    STINT_PLUGINS_DIRS: root,
  })
  expect(await program.ended).toBe(1)
  expect(program.printed()).toContain(`${join(root, 'twin.ts')}: the action http is there already (built-in)`)
  rmSync(root, { recursive: true })
})
