import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { checkout } from './program.ts'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** `stint` as somebody types it: with a home of its own. */
export class CommandLine {
  readonly #home: string
  readonly #url: string

  constructor(home: string, url: string) {
    this.#home = home
    this.#url = url
  }

  /** Runs one command to its end. `onOutput` gets all of its standard output whenever there is more. */
  stint(
    args: readonly string[],
    {
      stdin = '',
      onOutput = (_all: string) => {},
    }: { stdin?: string; onOutput?: (all: string) => void } = {},
  ): Promise<Ended> {
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: this.#home, STINT_URL: this.#url }
    const child = spawn(process.execPath, [join(checkout, 'api/bin/stint.mjs'), ...args], { env })
    const printed = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        printed[stream] += text
        if (stream === 'stdout') onOutput(printed.stdout)
      })
    }
    child.stdin.on('error', () => {}).end(stdin)
    return new Promise((done) => child.once('close', (code) => done({ code: code ?? -1, ...printed })))
  }
}
