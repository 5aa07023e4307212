import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Person } from '../../testing/command-line.ts'
import { type Installation, startInstallation } from '../../testing/installation.ts'

let installation: Installation
let home = ''
beforeAll(async () => {
  installation = await startInstallation()
  home = mkdtempSync(join(tmpdir(), 'stint-action-'))
})
afterAll(async () => {
  rmSync(home, { recursive: true })
  await installation.stop()
})

it('the actions are known without a server', async () => {
  const nobody = new Person('http://127.0.0.1:1')
  const listed = await nobody.json<{ type: string }[]>(['action', 'list'])
  expect(listed.map(({ type }) => type)).toEqual(expect.arrayContaining(['echo', 'exec', 'http', 'script']))
  const { stdout } = await nobody.stint(['action', 'show', 'exec'])
  expect(stdout).toMatch(/^# exec\n/)
  expect(stdout).toContain('- `command` (string; required): The program')
  expect(await nobody.stint(['action', 'show', 'teleport'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--server'),
  })
})

it('the server says the same of the built-in ones', async () => {
  const admin = await new Person(installation.url).signIn()
  const here = await admin.json(['action', 'show', 'http'])
  expect(await admin.json(['action', 'show', 'http', '--server'])).toEqual(here)
})
