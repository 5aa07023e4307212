import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Engine } from '../../engine/engine.ts'
import { KeyRing, type RingKey } from '../../engine/seal.ts'
import type { TestDatabase } from '../database.ts'
import { testEngine } from '../engine.ts'
import type { ExecutorOrder } from './executor-process.ts'

const script = join(import.meta.dirname, 'executor-process.ts')

export interface ExecutorCounts {
  readonly found: number
  readonly takeovers: number
  readonly fenced: number
  readonly retries: number
  readonly lives: number
  /** Tasks that it holds now. */
  readonly runs: number
}

interface LogLine {
  readonly level?: number
  readonly msg?: string
  readonly err?: { readonly message?: string }
  readonly unclaimed?: readonly string[]
  readonly unheard?: readonly string[]
}

function parsed(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return undefined
  }
}

/** An executor in a process of its own, and what can be done to it. */
export class ExecutorProcess {
  readonly #child: ChildProcess
  readonly exited: Promise<unknown>
  executorId = ''
  /** Counted from its log, which a kill does not take away. */
  readonly told = { found: 0, takeovers: 0 }
  /** What it logged as an error, short. */
  readonly errors: string[] = []

  constructor(order: ExecutorOrder) {
    const env = { ...process.env, STINT_FAULT_ORDER: JSON.stringify(order) }
    this.#child = fork(script, [], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    this.exited = once(this.#child, 'exit')
    const lines = createInterface({ input: this.#child.stdout as Readable })
    lines.on('line', (line) => this.#hear(line))
  }

  #hear(line: string): void {
    const said = parsed(line)
    if (said?.msg === 'the safety net found tasks without a hint') {
      this.told.found += (said.unclaimed?.length ?? 0) + (said.unheard?.length ?? 0)
    } else if (said?.msg === 'took over a silent executor') this.told.takeovers++
    else if (said === undefined || (said.level ?? 0) >= 50) {
      this.errors.push(said === undefined ? line : `${said.msg}: ${said.err?.message ?? ''}`)
      process.stderr.write(`${line}\n`)
    }
  }

  async ready(): Promise<this> {
    const [message] = (await Promise.race([once(this.#child, 'message'), this.exited])) as [
      { ready?: string },
    ]
    this.executorId = message?.ready ?? ''
    return this
  }

  get pid(): number {
    return this.#child.pid as number
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** At once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    if (!this.isRunning) return
    this.#child.kill('SIGKILL')
    await this.exited
  }

  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return
    this.#child.kill('SIGTERM')
    await this.exited
  }

  async counts(): Promise<ExecutorCounts> {
    this.#child.send('counts')
    const [message] = (await once(this.#child, 'message')) as [{ counts: ExecutorCounts }]
    return message.counts
  }
}

/** A run of an `append` step that came to its end. */
export interface Effect {
  readonly taskId: string
  readonly stepNo: number
  readonly attemptNo: number
  readonly note: string
}

export interface FaultKit {
  /** Creates tasks and leads, but runs no step: what happens to executors does not happen to it. */
  readonly engine: Engine
  /** What all of its processes seal with. */
  readonly keys: KeyRing
  startExecutor(given?: Partial<ExecutorOrder>): Promise<ExecutorProcess>
  /** Between tests: what one left running must not do the work of the next. */
  killAll(): Promise<void>
  /** Every process that was started, also those that are gone. */
  readonly started: readonly ExecutorProcess[]
  effects(): Effect[]
  /** Ends sessions of the database whose application name begins like this. Returns how many. */
  cutConnections(applicationName: string): Promise<number>
  close(): Promise<void>
}

/** Real processes on a test database. Everything it started is gone after `close`. */
export async function faultKit(
  database: TestDatabase,
  given: { ring?: readonly RingKey[]; keys?: KeyRing } = {},
): Promise<FaultKit> {
  const folder = mkdtempSync(join(tmpdir(), 'stint-fault-'))
  const effects = join(folder, 'effects')
  const ring = given.ring ?? [{ id: 'fault', secret: randomBytes(32) }]
  const keys = given.keys ?? new KeyRing(ring)
  const { engine, stop } = await testEngine(database, { keys, capacity: 0, role: 'serve' })
  const started: ExecutorProcess[] = []
  const killAll = async () => {
    for (const process of started) {
      if (!process.isRunning) continue
      process.thaw()
      await process.kill()
    }
  }
  return {
    engine,
    keys,
    started,
    startExecutor(given = {}) {
      const process = new ExecutorProcess({
        target: database.target,
        ring: ring.map(({ id, secret }) => ({ id, secret: secret.toString('hex') })),
        currentKey: keys.current,
        installation: 'fault',
        capacity: 200,
        maxRunningActions: 200,
        clock: { skewMs: 0, jumpAfterMs: 0, jumpMs: 0 },
        effects,
        ...given,
      })
      started.push(process)
      return process.ready()
    },
    effects: () => readEffects(effects),
    async cutConnections(applicationName) {
      const rows = await database.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like ${`${applicationName}%`} and pid <> pg_backend_pid()`
      return rows.length
    },
    killAll,
    async close() {
      await killAll()
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function readEffects(path: string): Effect[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  return lines.map((line) => {
    const [taskId = '', stepNo, attemptNo, note = ''] = line.split(' ')
    return { taskId, stepNo: Number(stepNo), attemptNo: Number(attemptNo), note }
  })
}
