import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'

export const checkout = resolve(import.meta.dirname, '../..')
const stopPatienceMs = 30_000

const running = new Set<ChildProcess>()

// Nothing outlives the worker that started it, however that ends.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A process of ours that goes on until it is told to end. */
export class Program {
  readonly #child: ChildProcess
  readonly #watchers = new Set<() => void>()
  readonly #ended: Promise<void>
  #printed = ''
  #isOver = false

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', ...environment }
    // The channel lets it notice that the worker was killed.
    this.#child = spawn(process.execPath, args, {
      cwd: checkout,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    running.add(this.#child)
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#printed += text
        this.#look()
      })
    }
    this.#ended = new Promise((done) => {
      this.#child.once('close', () => {
        running.delete(this.#child)
        this.#isOver = true
        this.#look()
        done()
      })
    })
  }

  /** Everything on both streams so far. */
  get printed(): string {
    return this.#printed
  }

  /** The first match in what it prints; throws what it printed when it ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((found, failed) => {
      const look = () => {
        const match = pattern.exec(this.#printed)
        if (match === null && !this.#isOver) return
        this.#watchers.delete(look)
        if (match === null) failed(new Error(`ended before ${pattern}:\n${this.#printed}`))
        else found(match)
      }
      this.#watchers.add(look)
      look()
    })
  }

  /** Asks it to end, and waits for that; it is killed when it takes too long, which throws. */
  async stop(): Promise<void> {
    if (this.#isOver) return
    this.#child.kill('SIGTERM')
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      this.#child.kill('SIGKILL')
    }, stopPatienceMs)
    await this.#ended
    clearTimeout(timer)
    if (isLate) throw new Error(`did not end within ${stopPatienceMs} ms:\n${this.#printed}`)
  }

  /** kill -9: it has no chance to tidy up. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #look(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}
