import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import { announce, packIds } from '../postgres/announce.ts'
import type { AnySql, Sql } from '../postgres/connect.ts'
import { channels, type Listener } from '../postgres/listen.ts'
import type { Hold } from './hold.ts'
import { insertSignals } from './store/signal.ts'
import { findNextTimer, takeDueTimers } from './store/timer.ts'
import { testPoint } from './test-points.ts'

/** Timers that one transaction turns into signals. */
const timersPerTurn = 1000
/** The longest sleep: it bounds what a lost notification can cost. */
const sleepMsMax = 30_000

export interface TimersOptions {
  readonly sql: Sql
  readonly log: Logger
  readonly listener: Listener
  readonly hold: Hold
  wake(sql: AnySql, taskIds: readonly string[]): Promise<void>
  /** Reported tasks whose reporter has been silent for too long. */
  onReportsLost(taskIds: readonly string[]): void
}

/**
 * Run by the leader alone: sleeps until the earliest timer, then makes signals and hints of what is due, set-wise.
 * Due times are rows, not jobs: 100,000 of them cost an index and nothing else until they are due.
 */
export class Timers implements Service {
  readonly #options: TimersOptions
  #timer: NodeJS.Timeout | undefined
  /** When it wakes by itself, by the database's clock: so are the due times that it hears of. */
  #wakesAtMs = Number.POSITIVE_INFINITY
  #isTurning = false
  #isStopped = false
  #again = false
  #unlisten: (() => void)[] = []
  #turn: Promise<void> = Promise.resolve()

  constructor(options: TimersOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { listener, hold } = this.#options
    this.#unlisten = [
      listener.on(channels.timers, (payload) => this.#heard(Number(payload))),
      // What was announced while nobody could hear it.
      listener.onReconnect(() => this.#begin()),
      hold.onChange(() => this.#begin()),
    ]
    this.#begin()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const unlisten of this.#unlisten) unlisten()
    clearTimeout(this.#timer)
    await this.#turn
  }

  #heard(earliestMs: number): void {
    if (earliestMs < this.#wakesAtMs) this.#begin()
  }

  #begin(): void {
    if (this.#isStopped || this.#options.hold.isOn) return
    if (this.#isTurning) {
      this.#again = true
      return
    }
    clearTimeout(this.#timer)
    this.#isTurning = true
    this.#turn = this.#work().finally(() => {
      this.#isTurning = false
      if (!this.#again) return
      this.#again = false
      this.#begin()
    })
  }

  async #work(): Promise<void> {
    let sleepMs = 1000
    this.#wakesAtMs = Number.POSITIVE_INFINITY
    try {
      while (!this.#isStopped && !this.#options.hold.isOn && (await this.#fireDue()) === timersPerTurn) {
        // More may be due than one transaction takes.
      }
      const { nowMs, dueAtMs } = await findNextTimer(this.#options.sql)
      sleepMs = Math.min(sleepMsMax, Math.max(0, (dueAtMs ?? Number.POSITIVE_INFINITY) - nowMs))
      this.#wakesAtMs = nowMs + sleepMs
    } catch (error) {
      this.#options.log.warn({ err: error }, 'timers not read; trying again')
    }
    if (this.#isStopped) return
    this.#timer = setTimeout(() => this.#begin(), sleepMs + 1)
  }

  /** How many timers became signals. */
  async #fireDue(): Promise<number> {
    const due = await this.#options.sql.begin(async (tx) => {
      const taken = await takeDueTimers(tx, timersPerTurn)
      const ours = taken.filter((timer) => timer.kind !== 'report')
      if (ours.length === 0) return taken
      const sent = await insertSignals(
        tx,
        ours.map((timer) => ({
          taskId: timer.taskId,
          kind: 'due' as const,
          stepNo: timer.stepNo,
          actor: 'engine',
        })),
      )
      await testPoint('timers.sent', String(sent.length))
      const ids = [...new Set(sent.map((row) => row.taskId))]
      await this.#options.wake(tx, ids)
      await announce(tx, channels.signals, packIds(ids))
      return taken
    })
    const silent = due.filter((timer) => timer.kind === 'report').map((timer) => timer.taskId)
    if (silent.length > 0) this.#options.onReportsLost(silent)
    return due.length
  }
}
