import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ActionRunOptions, runAction } from '../../testing/action.ts'
import { localOutbound } from '../../testing/outbound.ts'
import {
  type KeyPair,
  makeKey,
  type Sshd,
  sshdProgram,
  sshUser,
  sshWorld,
  startSshd,
} from '../../testing/sshd.ts'
import { sshAction } from './ssh.ts'

/** Against OpenSSH's own server; without one these tests are skipped. */
const withSshd = describe.skipIf(sshdProgram === undefined)

let world: ReturnType<typeof sshWorld>
let key: KeyPair
let server: Sshd
let hop: Sshd
beforeAll(async () => {
  if (sshdProgram === undefined) return
  world = sshWorld()
  key = makeKey(world.folder, 'user')
  const locked = makeKey(world.folder, 'locked', 'ed25519', 'open sesame')
  const authorized = [key.publicKey, locked.publicKey]
  const { folder } = world
  server = await startSshd({
    folder,
    authorized,
    hostKey: makeKey(folder, 'host-1'),
    otherHostKey: makeKey(folder, 'host-1-ecdsa', 'ecdsa'),
  })
  hop = await startSshd({ folder, authorized, hostKey: makeKey(folder, 'host-2', 'rsa') })
})
afterAll(async () => {
  if (sshdProgram === undefined) return
  await server.stop()
  await hop.stop()
  world.remove()
})

const ownFile = () => join(world.folder, 'own-known-hosts')
const action = (outbound = localOutbound()) =>
  sshAction({ outbound, knownHostsFile: ownFile(), graceMs: 400 })

const at = (sshd: Sshd) => `127.0.0.1:${sshd.port}`

function ssh(configuration: Record<string, unknown>, options: ActionRunOptions = {}) {
  const all = {
    user: sshUser,
    target: at(server),
    ssh_key: key.privateKey,
    known_hosts: [server.knownHosts, hop.knownHosts].join('\n'),
    ...configuration,
  }
  return runAction(action(), all, options)
}

const textOf = (log: readonly { text: string }[]) => log.map(({ text }) => text).join('')

withSshd('a script on another machine', () => {
  it('returns what its expressions are when it ends, whatever they hold', async () => {
    const { result, log } = await ssh({
      script:
        'name="it\'s \\"quoted\\" \\\\"\ntext=$(printf "two\\nlines\\t%s" é)\necho hello; echo careful >&2',
      result: { name: '$name', text: '$text', sum: '$((40 + 2))', missing: '$nothing', 'a key': 'x' },
    })
    expect(result?.output).toEqual({
      name: 'it\'s "quoted" \\',
      text: 'two\nlines\té',
      sum: '42',
      missing: '',
      'a key': 'x',
    })
    expect(result?.metadata).toMatchObject({ exit_code: '0', exit_status: '0', exit_signal: '' })
    // Neither the values nor the process number show up in what it printed.
    expect(log.filter(({ stream }) => stream !== 'log')).toEqual([
      { stream: 'stdout', text: 'hello\n' },
      { stream: 'stderr', text: 'careful\n' },
    ])
    expect(result?.metadata?.output).toMatch(/^(hello\ncareful\n|careful\nhello\n)$/)
  })

  it('shows its lines while it runs', async () => {
    const go = join(world.folder, 'go')
    let seen = false
    const { log } = await ssh(
      { script: `echo first; while [ ! -e ${go} ]; do sleep 0.02; done; echo second` },
      {
        onLog: (text) => {
          if (!text.startsWith('first') || seen) return
          seen = true
          writeFileSync(go, '')
        },
      },
    )
    expect(textOf(log.filter(({ stream }) => stream === 'stdout'))).toBe('first\nsecond\n')
  })

  it.each([
    ['manual-lastline', 'echo text; echo \'{"a": 1}\'', {}, { a: 1 }],
    [
      'manual-delimiters',
      'echo "BEGIN{\\"a\\": 2}END"',
      { output_manual_delimiters: ['BEGIN', 'END'] },
      { a: 2 },
    ],
    ['disabled', 'echo \'{"a": 1}\'', {}, {}],
    ['auto-result', 'echo \'{"a": 1}\'', {}, {}],
  ])('has its output by %s', async (output_mode, script, more, output) => {
    expect((await ssh({ script, output_mode, ...more })).result?.output).toEqual(output)
  })

  it('that fails is a server error with its values, or a client error where it says so', async () => {
    const failing = { script: 'x=1; echo why >&2; exit 7', result: { x: '$x' } }
    const { error } = await ssh(failing)
    expect(error).toMatchObject({ kind: 'server', output: { x: '1' }, metadata: { exit_code: '7' } })
    expect(error?.message).toContain('ended with exit code 7: why')
    expect((await ssh({ ...failing, exit_codes_unrecoverable: ['5-9'] })).error?.kind).toBe('client')
  })

  it('that a signal ends says which', async () => {
    const { error } = await ssh({ script: 'kill -9 $$' })
    expect(error).toMatchObject({ kind: 'server', metadata: { exit_code: '-1', exit_signal: 'KILL' } })
  })

  it('that tells no result although it should is a failure', async () => {
    const { error } = await ssh({ script: 'trap "" EXIT', result: { a: 'b' } })
    expect(error?.message).toContain('without telling its result')
  })
})

withSshd('the way there', () => {
  it('leads over hops', async () => {
    const hops = [at(hop), { target: at(server), host_key: server.hostKey.fingerprint }]
    const { result, log } = await ssh({
      hops,
      target: at(hop),
      script: 'true',
      result: { from: '$SSH_CONNECTION' },
    })
    expect(String(result?.output && (result.output as { from: string }).from)).toMatch(
      new RegExp(` ${hop.port}$`),
    )
    expect(textOf(log)).toContain(
      `Connected: ${sshUser}@${at(hop)} → ${sshUser}@${at(server)} → ${sshUser}@${at(hop)}`,
    )
  })

  it('that ends at a hop says where', async () => {
    const { error } = await ssh({ hops: [at(hop)], target: '127.0.0.1:1' })
    expect(error).toMatchObject({
      kind: 'server',
      message: expect.stringContaining('127.0.0.1:1 through the hop before it'),
    })
  })

  it('is open only to allowed addresses', async () => {
    const strict = sshAction({ outbound: localOutbound([]), knownHostsFile: ownFile() })
    const { error } = await runAction(strict, { user: sshUser, target: at(server), ssh_key: key.privateKey })
    expect(error).toMatchObject({ kind: 'client', message: expect.stringContaining('outbound_allow') })
  })

  it('is closed to strangers, and to keys that cannot be read', async () => {
    const stranger = makeKey(world.folder, 'stranger')
    expect((await ssh({ ssh_key: stranger.privateKey })).error).toMatchObject({
      kind: 'client',
      message: expect.stringContaining(`does not let ${sshUser} in with this key`),
    })
    expect((await ssh({ ssh_key: 'no key' })).error).toMatchObject({
      kind: 'client',
      message: expect.stringContaining('ssh_key cannot be read'),
    })
    const locked = readFileSync(join(world.folder, 'locked'), 'utf8')
    expect((await ssh({ ssh_key: locked })).error?.kind).toBe('client')
    expect(
      (await ssh({ ssh_key: locked, ssh_key_passphrase: 'open sesame', script: 'true' })).error,
    ).toBeUndefined()
  })
})

withSshd('a host key', () => {
  it('that is not known is refused, and the sentence holds what makes it known', async () => {
    const { error } = await ssh({ known_hosts: '' })
    expect(error).toMatchObject({
      kind: 'client',
      message: expect.stringContaining(server.hostKey.fingerprint),
    })
    const line = /known_hosts: (.*)$/.exec(error?.message ?? '')?.[1]
    expect((await ssh({ known_hosts: line, script: 'true' })).error).toBeUndefined()
  })

  it('that is not the expected one is refused with both fingerprints', async () => {
    const other = makeKey(world.folder, 'other-host')
    for (const expected of [
      { host_key: other.fingerprint },
      { known_hosts: `[127.0.0.1]:${server.port} ${other.publicKey}` },
    ]) {
      const { error } = await ssh({ known_hosts: '', ...expected })
      expect(error?.kind).toBe('client')
      expect(error?.message).toContain(other.fingerprint)
      expect(error?.message).toContain(server.hostKey.fingerprint)
    }
  })

  it('may be pinned by its fingerprint, by what ssh-keygen prints, or by itself', async () => {
    const ecdsa = join(world.folder, 'host-1-ecdsa.pub')
    const { fingerprint, publicKey } = server.hostKey
    for (const host_key of [
      fingerprint,
      `256 ${fingerprint} host (ED25519)`,
      publicKey,
      [readFileSync(ecdsa, 'utf8')],
    ])
      expect((await ssh({ known_hosts: '', host_key, script: 'true' })).error).toBeUndefined()
  })

  it('of another type is asked for when that is the one we know', async () => {
    const ecdsa = readFileSync(join(world.folder, 'host-1-ecdsa.pub'), 'utf8').trim()
    const known_hosts = `[127.0.0.1]:${server.port} ${ecdsa}`
    expect((await ssh({ known_hosts, script: 'true' })).error).toBeUndefined()
  })

  it('that was revoked is refused even where nothing is checked', async () => {
    const known_hosts = `@revoked * ${server.hostKey.publicKey}`
    expect((await ssh({ known_hosts, host_key_check: 'off' })).error?.message).toContain('was revoked')
  })

  it('of a new host is remembered with accept-new, with a warning, and held against it later', async () => {
    expect(existsSync(ownFile())).toBe(false)
    const asked = { known_hosts: '', host_key_check: 'accept-new', script: 'true' }
    expect(textOf((await ssh(asked)).log)).toMatch(/Warning: The host key of 127.0.0.1:\d+ was not known/)
    expect(textOf((await ssh(asked)).log)).not.toContain('Warning')
    expect((await ssh({ known_hosts: '', script: 'true' })).error).toBeUndefined()
    const other = makeKey(world.folder, 'imposter')
    const { folder } = world
    await server.stop()
    const imposter = await startSshd({
      folder,
      authorized: [key.publicKey],
      hostKey: other,
      port: server.port,
    })
    try {
      expect((await ssh(asked)).error?.message).toContain(other.fingerprint)
      const unchecked = await ssh({ ...asked, host_key_check: 'off' })
      expect(unchecked.error).toBeUndefined()
      expect(textOf(unchecked.log)).toContain(
        `Warning: The host key of ${at(server)} is not the expected one`,
      )
    } finally {
      await imposter.stop()
      server = await startSshd({
        folder,
        authorized: [key.publicKey],
        hostKey: server.hostKey,
        port: server.port,
      })
    }
  })
})

/** The number that the script wrote; the machine is this one, so its processes can be looked at. */
async function processOf(file: string): Promise<number> {
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes('\n')) await pause(10)
  return Number(readFileSync(file, 'utf8'))
}

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z')
  } catch {
    return false
  }
}

withSshd('stopping it', () => {
  it.each([
    ['that listens', 'trap "exit 3" TERM', 'stopped: cancelled'],
    ['that does not listen', 'trap "" TERM', 'stopped: cancelled'],
  ])('ends what runs %s on the other machine', async (name, trap, words) => {
    const file = join(world.folder, `pid-${name.replaceAll(' ', '-')}`)
    const stop = new AbortController()
    const script = `${trap}\nsleep 300 & echo $! > ${file}\nwhile :; do sleep 0.05; done`
    const run = ssh({ script }, { signal: stop.signal })
    const pid = await processOf(file)
    expect(isRunning(pid)).toBe(true)
    stop.abort('cancelled')
    expect((await run).error?.message).toContain(words)
    while (isRunning(pid)) await pause(10)
  })

  it('happens at the time-out too', async () => {
    const { error } = await ssh({ script: 'echo begun; sleep 300', timeout: '1500ms' })
    expect(error).toMatchObject({
      kind: 'server',
      message: expect.stringContaining('did not end within 1.5s'),
    })
    expect(error?.metadata?.output).toContain('begun')
  })

  it('ends the attempt to connect', async () => {
    const stop = new AbortController()
    const outbound = localOutbound()
    const connect = outbound.connect.bind(outbound)
    outbound.connect = (target) => {
      stop.abort('cancelled')
      return connect(target)
    }
    const { error } = await runAction(
      sshAction({ outbound, knownHostsFile: ownFile() }),
      { user: sshUser, target: at(server), ssh_key: key.privateKey },
      { signal: stop.signal },
    )
    expect(error?.message).toContain('Stopped while connecting: cancelled')
  })
})
