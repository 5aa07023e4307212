import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import { announce, packIds } from '../postgres/announce.ts'
import type { AnySql, Sql } from '../postgres/connect.ts'
import { channels } from '../postgres/listen.ts'
import { dropEmptyMonths } from '../postgres/partitions.ts'
import type { Hold } from './hold.ts'
import { batchesOf, type OnRemoved, removeFamilies } from './removal.ts'
import { Rounds } from './rounds.ts'
import { forgetDeleted } from './store/deleted.ts'
import { type DuePlace, findDueTasks, findFamilies, giveUpInternal, type KeepRule } from './store/removal.ts'

/*
 * The end of a task's life. It stops; from then on it is kept as long as its template says (cleanup_after), or as the installation
 * says; then the sweep deletes it, with its children, what is about them (deliveries), and all their rows, in one transaction.
 *
 * A family goes whole or not at all. It stays while one of it is not over, while somebody takes one up again, while another task
 * has yet to hear how one of it ended, and while a row of it is locked: whoever writes goes first. Power loss in the middle
 * leaves the batch that was not committed; the next sweep takes it.
 */

/** How long tasks are kept of which no template says it, in milliseconds; undefined: for ever. */
export interface Retention {
  readonly tasksMs: number | undefined
  /** Of internal tasks, such as deliveries, that end before what they are about. */
  readonly internalMs: number | undefined
}

export interface SweepOptions {
  readonly sql: Sql
  readonly log: Logger
  readonly hold: Hold
  retention(): Retention
  wake(sql: AnySql, taskIds: readonly string[]): Promise<void>
  /** Puts on record what is deleted, in the transaction that does it. */
  readonly onRemoved?: OnRemoved | undefined
}

const firstSweepMs = 60_000
const sweepEveryMs = 600_000
/** Heads that are looked at together. */
const headsPerLook = 200
const giveUpLimit = 500
/** How long it is known of a deleted task that it was there. */
const deletedKeptMs = 30 * 86_400_000
const forgottenTogether = 5000

/** Run by the leader: deletes what has been over for long enough. */
export class Sweep implements Service {
  readonly #options: SweepOptions
  readonly #counts: { removed: number }
  readonly #rounds: Rounds
  #isStopped = false

  /** `counts.removed` grows with every task that is deleted. */
  constructor(options: SweepOptions, counts: { removed: number }) {
    this.#options = options
    this.#counts = counts
    this.#rounds = new Rounds(firstSweepMs, async () => {
      await this.sweep()
      return sweepEveryMs
    })
  }

  async start(): Promise<void> {
    await this.#rounds.start()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#rounds.stop()
  }

  /** How many tasks were deleted, internal ones included. Never throws. */
  async sweep(): Promise<number> {
    const { log, retention } = this.#options
    let removed = 0
    try {
      const { tasksMs, internalMs } = retention()
      const rules: KeepRule[] = [{ by: 'template' }]
      if (tasksMs !== undefined) rules.push({ by: 'setting', keepMs: tasksMs })
      if (internalMs !== undefined) rules.push({ by: 'internal', keepMs: internalMs })
      for (const rule of rules) removed += await this.#sweepBy(rule)
      if (internalMs !== undefined) await this.#giveUp(internalMs)
      await this.#forget()
      await this.#dropMonths()
    } catch (error) {
      log.warn({ err: error }, 'not all tasks deleted whose time is over; trying again')
    }
    if (removed > 0) log.info({ tasks: removed }, 'deleted tasks whose time is over')
    return removed
  }

  get #mayGoOn(): boolean {
    return !this.#isStopped && !this.#options.hold.isOn
  }

  /** Walks on from family to family: those that are kept must not hide what comes after them. */
  async #sweepBy(rule: KeepRule): Promise<number> {
    let removed = 0
    let after: DuePlace | undefined
    while (this.#mayGoOn) {
      const heads: readonly DuePlace[] = await findDueTasks(this.#options.sql, rule, after, headsPerLook)
      after = heads.at(-1)
      if (after === undefined) break
      const members = await findFamilies(
        this.#options.sql,
        heads.map(({ id }) => id),
      )
      for (const batch of batchesOf(members)) {
        if (!this.#mayGoOn) break
        removed += await this.#remove(rule, batch)
      }
    }
    return removed
  }

  async #forget(): Promise<void> {
    let forgotten = forgottenTogether
    while (this.#mayGoOn && forgotten === forgottenTogether)
      forgotten = await forgetDeleted(this.#options.sql, deletedKeptMs, forgottenTogether)
  }

  /** Deletes those families of a batch that may go, and rests as long as that took: others need the database too. */
  async #remove(rule: KeepRule, batch: ReadonlyMap<string, readonly string[]>): Promise<number> {
    const { sql, onRemoved, log } = this.#options
    const beganAt = performance.now()
    const removed = await removeFamilies(sql, rule, batch, onRemoved).catch((error) => {
      // One family that cannot go now must not keep the others.
      log.warn({ err: error }, 'tasks whose time is over stay until the next sweep')
      return undefined
    })
    if (!removed) return 0
    const count = removed.tasks + removed.internal
    this.#counts.removed += count
    log.info({ ...removed }, 'deleted')
    await this.#rest(performance.now() - beganAt)
    return count
  }

  /** Deleted rows leave their space to new ones; those of a month that is over get none. */
  async #dropMonths(): Promise<void> {
    if (!this.#mayGoOn) return
    const dropped = await dropEmptyMonths(this.#options.sql)
    if (dropped.length > 0) this.#options.log.info({ dropped }, 'dropped months that hold no task any more')
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, Math.min(1000, ms))
    })
  }

  /** A delivery that failed for good waits for a person, and keeps what it is about: nobody will come any more. */
  async #giveUp(internalMs: number): Promise<void> {
    const { sql, wake } = this.#options
    if (!this.#mayGoOn) return
    await sql.begin(async (tx) => {
      const told = await giveUpInternal(tx, internalMs, giveUpLimit)
      if (told.length === 0) return
      const ids = told.map(({ taskId }) => taskId)
      await wake(tx, ids)
      await announce(tx, channels.signals, packIds(ids))
    })
  }
}
