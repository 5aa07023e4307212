import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Person } from '../../../testing/command-line.ts'
import { type Installation, startInstallation } from '../../../testing/installation.ts'
import {
  type KeyPair,
  makeKey,
  type Sshd,
  sshdProgram,
  sshUser,
  sshWorld,
  startSshd,
} from '../../../testing/sshd.ts'
import type { Entry } from './journal.ts'

/*
 * Templates of µTask that reach machines: taken over as they are, run against OpenSSH's own server. µTask asks for no host key,
 * so what a person must do, and what happens until it is done, is part of it.
 */

const template = `
name: fleet-facts
description: Asks machines what they are
title_format: Facts of {{len .input.words}} words
auto_runnable: true
inputs: [{name: words, collection: true}]
base_configurations:
  fleet:
    user: '{{.config.fleet.user}}'
    ssh_key: '{{.config.fleet.key}}'
    timeout: 30s
steps:
  each:
    description: Through a hop, for each word
    foreach: '{{.input.words | toJson}}'
    action:
      type: ssh
      base_configuration: fleet
      configuration:
        target: '{{.config.fleet.target}}'
        hops: ['{{.config.fleet.hop}}']
        script: |
          WORD='{{.iterator}}'
          [ "$WORD" = bad ] && exit 3
          SIZE=\${#WORD}
        result: {word: $WORD, size: $SIZE}
        exit_codes_unrecoverable: ["3"]
    conditions:
      - type: check
        if: [{value: '{{.step.this.metadata.exit_code}}', operator: EQ, expected: '3'}]
        then: {this: PRUNE}
        message: no such word
  sum:
    description: By a function, with the key of the store
    dependencies: ['each:ANY']
    action:
      type: on-machine
      configuration: {command: 'expr {{range .step.each.children}}{{.output.size}} + {{end}}0'}
result_format:
  last: '{{(last .step.each.children).output.word}}'
  sum: '{{.step.sum.output.answer}}'
`

const onMachine = `
name: on-machine
description: Runs one command on the machine
action:
  type: ssh
  configuration:
    user: '{{.config.fleet.user}}'
    target: '{{.config.fleet.target}}'
    ssh_key: '{{.config.fleet.key}}'
    script: echo "{\\"answer\\":\\"$({{.function_args.command}})\\"}"
    output_mode: manual-lastline
`

const world = sshdProgram === undefined ? undefined : sshWorld()
const folder = join(world?.folder ?? '', 'utask')
let target: Sshd
let hop: Sshd
let installation: Installation
let admin: Person

const at = (sshd: Sshd) => `127.0.0.1:${sshd.port}`

function writeFolder(key: KeyPair): void {
  const lines = key.privateKey.replace(/^/gm, '  ')
  const files = {
    'templates/fleet-facts.yaml': template,
    'functions/machines/on-machine.yaml': onMachine,
    'config/utask-cfg': '{"admin_usernames": ["ada"]}',
    'config/fleet': `user: ${sshUser}\ntarget: ${at(target)}\nhop: ${at(hop)}\nkey: |\n${lines}\n`,
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

async function runTask() {
  const words = ['words=ab', 'words=bad', 'words=cdef']
  const { code, stdout } = await admin.stint(['run', 'fleet-facts', ...words, '--wait=60', '-o', 'json'])
  const { uuid } = JSON.parse(stdout) as { uuid: string }
  return { code, uuid, shown: await shownOf(uuid) }
}

async function shownOf(uuid: string): Promise<{ outcome: unknown; errorSummary: string | null }> {
  return admin.json(['task', 'show', uuid])
}

describe.skipIf(world === undefined)('ssh steps of a µTask folder', () => {
  let entries: readonly Entry[]

  beforeAll(async () => {
    const key = makeKey(world?.folder ?? '', 'user')
    const start = (name: string, port?: number) =>
      startSshd({
        folder: world?.folder ?? '',
        authorized: [key.publicKey],
        hostKey: makeKey(world?.folder ?? '', name),
        ...(port !== undefined && { port }),
      })
    target = await start('target')
    hop = await start('hop')
    writeFolder(key)
    installation = await startInstallation()
    const environment = {
      STINT_DATA_DIR: join(installation.root, 'data'),
      STINT_SCRIPTS_DIR: join(installation.root, 'scripts'),
    }
    admin = await new Person(installation.url).signIn()
    const args = ['import', 'utask', folder, '--allow-private', '-o', 'json']
    const { code, stdout } = await admin.stint(args, { env: environment })
    expect(code).toBe(3)
    entries = (JSON.parse(stdout) as { entries: Entry[] }).entries
    await vi.waitFor(
      async () => expect(JSON.stringify(await admin.json(['template', 'list']))).toContain('fleet-facts'),
      { timeout: 60_000, interval: 500 },
    )
  }, 180_000)
  afterAll(async () => {
    await installation?.stop()
    await target?.stop()
    await hop?.stop()
    if (world !== undefined) rmSync(world.folder, { recursive: true, force: true })
  })

  it('the report names what a person has to do, and shows no key', () => {
    const left = entries.filter(({ verdict, file }) => verdict === 'person' && file !== 'users')
    expect(left.map(({ key }) => key)).toEqual(['authentication', 'known_hosts'])
    expect(JSON.stringify(entries)).not.toContain('PRIVATE KEY')
  })

  it('a machine whose key nobody knows is not spoken to; once it is known, the task goes on', async () => {
    const { code, uuid, shown } = await runTask()
    expect(code).toBe(5)
    // What the configuration holds is masked, also where it is no secret.
    expect(shown.errorSummary).toMatch(/^each-\d: The host key of •+ is not known: ED25519 SHA256:/)
    expect(shown.errorSummary).not.toContain('PRIVATE KEY')
    const known = join(installation.root, 'data/known_hosts')
    expect(existsSync(known)).toBe(false)
    appendFileSync(known, `${hop.knownHosts}\n${target.knownHosts}\n`)
    expect(await admin.stint(['task', 'resume', uuid])).toMatchObject({ code: 0 })
    expect((await admin.stint(['task', 'follow', uuid])).code).toBe(0)
    expect((await shownOf(uuid)).outcome).toEqual({ last: 'cdef', sum: '6' })
  })

  it('they run as they did, and a machine that shows another key is refused', async () => {
    expect(await runTask()).toMatchObject({ code: 0, shown: { outcome: { last: 'cdef', sum: '6' } } })
    await target.stop()
    target = await startSshd({
      folder: world?.folder ?? '',
      authorized: [],
      hostKey: makeKey(world?.folder ?? '', 'stranger'),
      port: target.port,
    })
    const { code, shown } = await runTask()
    expect(code).toBe(5)
    expect(shown.errorSummary).toMatch(/The host key of •+ is not the expected one/)
  })
})
