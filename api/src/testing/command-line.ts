import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll } from 'vitest'
import { adminPassword, type Installation, startInstallation } from './installation.ts'

const api = resolve(import.meta.dirname, '../..')

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** Reads standard output while it comes. */
  readonly onOutput?: (all: string) => void
}

/** A person with a terminal: a home of its own, and `stint`. */
export class Person {
  readonly home = mkdtempSync(join(tmpdir(), 'stint-person-'))
  readonly #url: string

  constructor(url: string) {
    this.#url = url
    afterAll(() => rmSync(this.home, { recursive: true, force: true }))
  }

  /** Runs one command to its end. */
  stint(args: readonly string[], { stdin = '', env = {}, onOutput }: CommandOptions = {}): Promise<Ended> {
    const environment = {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: this.home,
      STINT_URL: this.#url,
      ...env,
    }
    const child = spawn(process.execPath, [join(api, 'bin/stint.mjs'), ...args], { env: environment })
    const printed = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        printed[stream] += text
        if (stream === 'stdout') onOutput?.(printed.stdout)
      })
    }
    child.stdin.on('error', () => {}).end(stdin)
    return new Promise((done) => child.once('close', (code) => done({ code: code ?? -1, ...printed })))
  }

  /** The same, read as JSON; throws what it printed when it failed. */
  async json<T>(args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.stint([...args, '-o', 'json'])
    if (stdout === '') throw new Error(`stint ${args.join(' ')} ended with ${code}: ${stderr}`)
    return JSON.parse(stdout) as T
  }

  async signIn(name = 'admin', password = adminPassword): Promise<this> {
    const { code, stderr } = await this.stint(['login', '--name', name, '--password-stdin'], {
      stdin: `${password}\n`,
    })
    if (code !== 0) throw new Error(stderr)
    return this
  }
}

/** An installation for one file of tests, and its administrator with a terminal. */
export async function installationWithAdmin(): Promise<{ installation: Installation; admin: Person }> {
  const installation = await startInstallation()
  afterAll(() => installation.stop())
  return { installation, admin: await new Person(installation.url).signIn() }
}
