import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../base/clock.ts'
import { createLog } from '../../../base/log.ts'
import { stopAll } from '../../../base/service.ts'
import type { ActionRegistry } from '../../../engine/action.ts'
import { Engine } from '../../../engine/engine.ts'
import { SharedSecrets } from '../../../engine/run/mask.ts'
import { KeyRing } from '../../../engine/seal.ts'
import { hurryTask } from '../../../engine/store/hurry.ts'
import { findSteps } from '../../../engine/store/step.ts'
import { findTasks } from '../../../engine/store/task.ts'
import { connect, type Sql } from '../../../postgres/connect.ts'
import { EmbeddedPostgres } from '../../../postgres/embedded.ts'
import { Listener } from '../../../postgres/listen.ts'
import { bringUpToDate } from '../../database.ts'
import { Refusal } from '../../refusal.ts'

/** Nobody misses a rehearsal after a crash. */
const hasty = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '60' }

/**
 * The real engine on a database of its own that is gone afterwards. What a task waits for by the clock comes at once; nothing
 * else is different from an installation.
 */
export class Hall {
  readonly engine: Engine
  readonly #sql: Sql
  readonly #stop: () => Promise<void>

  private constructor(engine: Engine, sql: Sql, stop: () => Promise<void>) {
    this.engine = engine
    this.#sql = sql
    this.#stop = stop
  }

  static async open(registry: ActionRegistry, config: () => Record<string, unknown>): Promise<Hall> {
    const dataDir = mkdtempSync(join(tmpdir(), 'stint-rehearsal-'))
    const log = createLog({ level: 'silent', format: 'json' })
    const server = new EmbeddedPostgres({ dataDir, settings: hasty, durable: false, log })
    const close = async () => {
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
    try {
      await server.start()
      await bringUpToDate(server.target)
      const sql = connect(server.target, { max: 5, applicationName: 'stint-rehearsal' })
      const listener = new Listener({ target: server.target, log })
      const engine = new Engine({
        sql,
        target: server.target,
        log,
        clock: systemClock,
        listener,
        keys: new KeyRing([{ id: 'rehearsal', secret: randomBytes(32) }]),
        registry,
        version: 'rehearsal',
        installation: 'rehearsal',
        region: undefined,
        role: 'both',
        capacity: 500,
        maxRunningActions: () => 50,
        config,
        // Configured values are made up here, and what they become is to be compared.
        secrets: new SharedSecrets(),
        templateOf: () => Promise.reject(new Refusal('a rehearsal has no stored templates')),
        drainGraceMs: 0,
        abortGraceMs: 500,
      })
      await listener.start()
      await engine.start()
      return new Hall(engine, sql, async () => {
        await stopAll([listener, engine])
        await sql.end({ timeout: 2 })
        await close()
      })
    } catch (error) {
      await close()
      throw error
    }
  }

  close(): Promise<void> {
    return this.#stop()
  }

  /** Until the task is over or needs a person. Throws when it does neither in time, or waits for something that will not come. */
  async settle(id: string, patienceMs: number): Promise<void> {
    const until = systemClock.monotonicMs() + patienceMs
    while (systemClock.monotonicMs() < until) {
      if (await this.engine.waitForStop(id, 0.1)) return
      const [task] = await findTasks(this.#sql, [id])
      if (task?.reason === 'approval') return
      // At rest: only the clock can wake it, or somebody outside.
      if (task === undefined || task.executorId !== null || task.state === 'pending') continue
      if (task.state === 'running' && task.reason === null) continue
      if (!(await hurryTask(this.#sql, id)) && task.state === 'running') return
    }
    throw new Error(`the task did not come to an end within ${patienceMs / 1000} s`)
  }

  /** Everything that can be expected of a task. */
  async seen(id: string) {
    const [task] = await findTasks(this.#sql, [id])
    if (task === undefined) throw new Error('the task is gone')
    const steps = await findSteps(this.#sql, [id])
    const ref = { id, templateId: null }
    const { reader } = this.engine
    const attempts = await reader.lastAttempts(
      ref,
      steps.map(({ no }) => no),
    )
    const attemptOf = new Map(attempts.map((attempt) => [attempt.stepNo, attempt]))
    const values = await reader.values(ref)
    return { task, steps, attemptOf, outcome: values?.outcome }
  }
}

export type Seen = Awaited<ReturnType<Hall['seen']>>
