import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** OpenSSH's own server, where this machine has one; .ci installs it where it may. */
export const sshdProgram = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/sbin/sshd'].find((file) =>
  existsSync(file),
)

export interface KeyPair {
  readonly privateKey: string
  readonly publicKey: string
  /** As `SHA256:…`. */
  readonly fingerprint: string
  readonly file: string
}

function keygen(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('ssh-keygen', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ssh-keygen ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** A fresh key pair in `folder`. */
export function makeKey(folder: string, name: string, type = 'ed25519', passphrase = ''): KeyPair {
  const file = join(folder, name)
  keygen(['-q', '-t', type, '-N', passphrase, '-C', name, '-f', file])
  return {
    file,
    privateKey: readFileSync(file, 'utf8'),
    publicKey: readFileSync(`${file}.pub`, 'utf8').trim(),
    fingerprint: /SHA256:\S+/.exec(keygen(['-l', '-f', file]))?.[0] ?? '',
  }
}

/** A free port of loopback; sshd cannot choose one itself. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

export interface Sshd {
  readonly port: number
  /** What it shows; another one after `restart` with other keys. */
  readonly hostKey: KeyPair
  /** known_hosts line of its key. */
  readonly knownHosts: string
  stop(): Promise<void>
}

export interface SshdOptions {
  readonly folder: string
  /** Public keys that are let in as the user of the tests. */
  readonly authorized: readonly string[]
  readonly hostKey: KeyPair
  /** A second host key, of another type. */
  readonly otherHostKey?: KeyPair
  readonly port?: number
  readonly more?: readonly string[]
}

function waitUntilListening(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    let said = ''
    child.stderr?.on('data', (chunk) => {
      said += chunk
      if (said.includes('Server listening on')) done()
    })
    child.once('exit', (code) => fail(new Error(`sshd ended with ${code}: ${said}`)))
  })
}

/** Runs on a loopback port until it is stopped; everything it needs lies in `folder`. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const { folder, authorized, hostKey, otherHostKey } = options
  const port = options.port ?? (await freePort())
  const authorizedFile = join(folder, `authorized-${port}`)
  writeFileSync(authorizedFile, `${authorized.join('\n')}\n`)
  chmodSync(authorizedFile, 0o600)
  // Where the machine has no service of it, nobody made this folder, and it refuses to start without.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const configuration = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${hostKey.file}`,
    ...(otherHostKey ? [`HostKey ${otherHostKey.file}`] : []),
    `AuthorizedKeysFile ${authorizedFile}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    ...(options.more ?? []),
  ]
  const file = join(folder, `sshd-${port}.conf`)
  writeFileSync(file, `${configuration.join('\n')}\n`)
  const child = spawn(sshdProgram ?? 'sshd', ['-D', '-e', '-f', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await waitUntilListening(child)
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  return {
    port,
    hostKey,
    knownHosts: `[127.0.0.1]:${port} ${hostKey.publicKey}`,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}

export const sshUser = userInfo().username

/** A folder of one test file, with the keys that all of its tests use. */
export function sshWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'stint-ssh-'))
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}
