import type { Logger } from '../base/log.ts'
import { type Service, startAll, stopAll } from '../base/service.ts'
import type { AnySql, Sql } from '../postgres/connect.ts'
import { Rounds } from './rounds.ts'
import { type CountRow, foldCounts, repairCounts, tryComparing } from './store/task-count.ts'

const foldEveryMs = 5_000
/** So many rows may stand: what reads them sums them in no time, and an idle installation is not written to. */
const rowsAtRest = 100
const rowsPerFold = 10_000

/** Also when another was the leader a minute ago: processes of an older version, which count nothing, may just have gone. */
const firstCompareMs = 60_000
const compareEveryMs = 24 * 3_600_000
/** Whatever made them wrong may still be there. */
const compareAgainMs = 3_600_000

/**
 * Run by the leader: keeps the table of counts small, and compares the counts with the rows they stand for, once a day. A count
 * that is wrong is wrong on a card and nowhere else; yet each finding is logged and counted, for it has a cause.
 */
export class CountKeeper implements Service {
  readonly #sql: Sql
  readonly #log: Logger
  readonly #counts: { repaired: number }
  readonly #rounds: readonly Rounds[]
  #comparing: { cancel(): void } | undefined
  #isStopped = false

  /** `counts.repaired` grows by the tasks by which counts were wrong. */
  constructor({ sql, log }: { sql: Sql; log: Logger }, counts: { repaired: number }) {
    this.#sql = sql
    this.#log = log
    this.#counts = counts
    const fold = async () => {
      await this.fold()
      return foldEveryMs
    }
    const compare = async () => ((await this.compare())?.length === 0 ? compareEveryMs : compareAgainMs)
    this.#rounds = [new Rounds(foldEveryMs, fold), new Rounds(firstCompareMs, compare)]
  }

  async start(): Promise<void> {
    await startAll(this.#rounds)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    // It may walk through millions of rows; whoever ends this process does not wait for that.
    this.#comparing?.cancel()
    await stopAll(this.#rounds)
  }

  /** How many rows became few. Never throws. */
  async fold(above = rowsAtRest, limit = rowsPerFold): Promise<number> {
    let folded = 0
    try {
      while (!this.#isStopped) {
        const count = await foldCounts(this.#sql, above, limit)
        folded += count
        if (count < limit) break
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'counts of tasks not folded; trying again')
    }
    return folded
  }

  /** What was wrong and is right now: what had to be added to which count. Undefined when nothing was compared. Never throws. */
  async compare(): Promise<readonly CountRow[] | undefined> {
    try {
      const wrong = await this.#sql.begin((tx) => this.#repair(tx))
      const tasks = wrong?.reduce((sum, { n }) => sum + Math.abs(n), 0) ?? 0
      this.#counts.repaired += tasks
      if (tasks > 0) this.#log.warn({ wrong }, 'counts of tasks were wrong; repaired')
      return wrong
    } catch (error) {
      if (!this.#isStopped) this.#log.warn({ err: error }, 'counts of tasks not compared; trying again')
      return undefined
    }
  }

  async #repair(tx: AnySql): Promise<readonly CountRow[] | undefined> {
    if (!(await tryComparing(tx)) || this.#isStopped) return undefined
    const repairing = repairCounts(tx)
    this.#comparing = repairing
    return [...(await repairing)]
  }
}
