import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkout, Program } from './program.ts'

export const adminPassword = 'correct horse battery'
const kit = join(checkout, 'e2e/kit')

export interface ServerOptions {
  /** `api` serves the page as it was built; `serve` runs no task itself. */
  readonly verb?: 'api' | 'serve'
  readonly environment?: Readonly<Record<string, string>>
}

/** A folder for everything of one installation; gone at the end. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'stint-e2e-'))
  readonly dataDir = join(this.folder, 'data')

  /** A folder in it for files of a test. */
  room(name: string): string {
    const path = join(this.folder, name)
    mkdirSync(path, { recursive: true })
    return path
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** One installation as people have it: a real server process with its own database, reachable over HTTP. */
export class Server {
  readonly place = new Place()
  readonly #options: ServerOptions
  #program: Program | undefined
  #origin = ''

  constructor(options: ServerOptions = {}) {
    this.#options = options
  }

  get origin(): string {
    return this.#origin
  }

  get #running(): Program {
    if (this.#program === undefined) throw new Error('the server has not been started')
    return this.#program
  }

  /** What it and its executors are told. */
  get #environment(): Record<string, string> {
    return {
      STINT_DATA_DIR: this.place.dataDir,
      STINT_ADMIN_PASSWORD: adminPassword,
      STINT_TEMPLATES_DIRS: join(kit, 'templates'),
      STINT_SCRIPTS_DIR: join(kit, 'scripts'),
      STINT_LOG_LEVEL: 'warn',
      ...this.#options.environment,
    }
  }

  /** Starts it; the second time at the same address, so that open pages find it again. */
  async start(): Promise<this> {
    const port = this.#origin === '' ? '0' : new URL(this.#origin).port
    const verb = this.#options.verb ?? 'api'
    this.#program = new Program([join(checkout, 'api/src/cli/main.ts'), verb], {
      PORT: port,
      ...this.#environment,
    })
    const [, origin] = await this.#program.prints(/Stint is ready: (\S+)/)
    this.#origin = origin as string
    return this
  }

  /** Another process that works on the tasks of this installation. */
  async startExecutor(): Promise<Program> {
    const executor = new Program([join(checkout, 'api/src/cli/main.ts'), 'work'], this.#environment)
    await executor.prints(/Stint works/)
    return executor
  }

  kill(): Promise<void> {
    return this.#running.kill()
  }

  /** Ends it in order and removes its data. */
  async end(): Promise<void> {
    await this.#program?.stop()
    this.place.remove()
  }
}
