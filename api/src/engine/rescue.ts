import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import type { AnySql, Sql } from '../postgres/connect.ts'
import { processStartedAt } from './actions/process-group.ts'
import { deadAfterSeconds } from './heartbeat.ts'
import type { Hold } from './hold.ts'
import { bootId } from './machine.ts'
import {
  declareDead,
  findExecutorsOfInstallation,
  findOwnersThatAreOver,
  findSilentExecutors,
  terminateSessions,
} from './store/executor.ts'
import { deleteFlushesOf, deleteFlushesOfEnded } from './store/flush.ts'
import { findFetched, findUnhinted } from './store/hint.ts'
import { dropExpiredHolds } from './store/hold.ts'
import { dropDeadMail } from './store/signal.ts'
import { freeTasks } from './store/task.ts'
import { findUnclaimed, findUnheard } from './store/unowned.ts'
import { testPoint } from './test-points.ts'

const watchEveryMs = 1000
const netEveryMs = 30_000
/** Tasks freed in one transaction: locks are held for milliseconds, whatever the executor had. */
const tasksPerChunk = 500
const lateSeconds = 3600
const netLimit = 1000
const wakeLimit = 100_000
/** Tasks whose mail this process reads itself at a time: with executors alive, the hints have been quicker. */
const mailLimit = 100

export interface RescueOptions {
  readonly sql: Sql
  readonly log: Logger
  wake(sql: AnySql, taskIds: readonly string[]): Promise<void>
}

export interface RescuerOptions extends RescueOptions {
  readonly hold: Hold
  /** Reads the mail of tasks that nobody holds, in this process: there may be no other that could. */
  applyMail(taskIds: readonly string[]): Promise<void>
}

/**
 * Takes the tasks of a dead executor away from it, one winner: it is marked dead only while it is still alive and silent.
 * Freeing raises the epoch, so nothing of the old executor can be written between this and the next claim. Returns how many
 * tasks were freed, or undefined when somebody else was quicker.
 */
export async function takeOver(
  options: RescueOptions,
  executorId: string,
  silentSeconds: number,
): Promise<number | undefined> {
  const { sql, wake, log } = options
  const isMine = await sql.begin((tx) => declareDead(tx, executorId, silentSeconds))
  if (!isMine) return undefined
  await testPoint('takeover.marked', executorId)
  return freeTasksOf({ sql, wake, log }, executorId)
}

/** The second half of a takeover, repeatable: a leader that dies between the two is finished by the next. */
async function freeTasksOf({ sql, wake, log }: RescueOptions, executorId: string): Promise<number> {
  // A frozen process may sit on row locks: its sessions end first, ours would wait for them.
  await terminateSessions(sql, `stint:${executorId}`).catch((error) =>
    log.warn({ err: error }, 'sessions not ended'),
  )
  let freed = 0
  for (;;) {
    const ids = await sql.begin(async (tx) => {
      const rows = await freeTasks(tx, executorId, tasksPerChunk)
      await wake(
        tx,
        rows.map((row) => row.id),
      )
      return rows
    })
    freed += ids.length
    if (ids.length < tasksPerChunk) break
  }
  await deleteFlushesOf(sql, executorId)
  await wakeUnclaimed({ sql, wake, log })
  return freed
}

/**
 * The dead executor may have taken hints from the queue that it could not follow any more: all are given again, also those of
 * tasks that only wait and have mail. The queue itself would miss their job half a minute later.
 */
async function wakeUnclaimed({ sql, wake }: RescueOptions): Promise<void> {
  await sql.begin(async (tx) => {
    const rows = [...(await findUnclaimed(tx, 0, wakeLimit)), ...(await findUnheard(tx, 0, wakeLimit))]
    await wake(tx, [...new Set(rows.map((row) => row.id))])
  })
}

/**
 * The first executor of a region makes its queue; what was waiting there until then has no hint. One that is created while this
 * looks is found by the safety net.
 */
export async function wakeRegion({ sql, wake, log }: RescueOptions, region: string): Promise<void> {
  const rows = await sql.begin(async (tx) => {
    const unhinted = await findUnhinted(tx, 0, wakeLimit, region)
    await wake(
      tx,
      unhinted.map((row) => row.id),
    )
    return unhinted
  })
  if (rows.length > 0) log.info({ region, tasks: rows.length }, 'tasks were waiting for this region')
}

/**
 * A start takes over at once what died on this machine under the same installation: the boot id, the pid and the process's
 * start time prove that it is gone, so nobody has to wait for its silence.
 */
export async function takeOverPredecessors(options: RescueOptions, installation: string): Promise<number> {
  const boot = bootId()
  let freed = 0
  for (const row of await findExecutorsOfInstallation(options.sql, installation)) {
    const isGone =
      boot !== '' &&
      row.bootId !== '' &&
      (row.bootId !== boot || processStartedAt(row.pid) !== row.pidStartedAt)
    if (!isGone) continue
    const count = await takeOver(options, row.id, 0)
    if (count === undefined) continue
    freed += count
    options.log.info({ executorId: row.id, tasks: count }, 'took over a dead predecessor')
  }
  return freed
}

/** Run by the leader: declares silent executors dead, and looks for tasks that nobody has a hint of. */
export class Rescue implements Service {
  readonly #options: RescuerOptions
  #watch: NodeJS.Timeout | undefined
  #net: NodeJS.Timeout | undefined
  #unlisten: (() => void) | undefined
  #work: Promise<void> = Promise.resolve()
  #hasGivenAgain = false
  /** Whatever earlier leaders left is seen by the first look; later ones need to see only what this one may leave. */
  #hasLooked = false
  /** Takeovers by this leader, and what the safety net found since the start: 0 unless a connection was cut. */
  readonly counts: { takeovers: number; found: number }

  constructor(options: RescuerOptions, counts: { takeovers: number; found: number }) {
    this.#options = options
    this.counts = counts
  }

  async start(): Promise<void> {
    const again = () => {
      this.#work = this.#rescueSilent().finally(() => {
        this.#watch = setTimeout(again, watchEveryMs)
      })
    }
    this.#watch = setTimeout(again)
    this.#castRegularly()
    // What a hold kept back is old when it ends, and yet nothing was lost: its hints are in the queue.
    this.#unlisten = this.#options.hold.onChange(() => this.#castRegularly())
  }

  #castRegularly(): void {
    clearInterval(this.#net)
    this.#net = setInterval(() => void this.castNet(), netEveryMs)
  }

  async stop(): Promise<void> {
    this.#unlisten?.()
    await this.#work
    clearTimeout(this.#watch)
    clearInterval(this.#net)
  }

  async #rescueSilent(): Promise<void> {
    if (this.#options.hold.isOn) return
    try {
      for (const dead of await findSilentExecutors(this.#options.sql, deadAfterSeconds)) {
        const freed = await takeOver(this.#options, dead.id, deadAfterSeconds)
        if (freed === undefined) continue
        this.counts.takeovers++
        const { host, pid, silentSeconds } = dead
        this.#options.log.warn(
          { executorId: dead.id, host, pid, silentSeconds, tasks: freed },
          'took over a silent executor',
        )
        await this.#options.applyMail((await findUnheard(this.#options.sql, 0, mailLimit)).map((r) => r.id))
      }
      await this.#finishTakeovers()
      await this.#giveFetchedAgain()
    } catch (error) {
      this.#options.log.warn({ err: error }, 'silent executors not looked for; trying again')
    }
  }

  /**
   * Once in each lead. The lead is a session: a server that crashed has ended it, as it has ended every fetch from the queue that
   * was under way. Those jobs count as taken and nobody works on them; the queue would miss them half a minute later. That is no
   * find of the safety net, which looks for tasks of which no job speaks at all.
   */
  async #giveFetchedAgain(): Promise<void> {
    if (this.#hasGivenAgain) return
    const { sql, wake, log } = this.#options
    const ids = await sql.begin(async (tx) => {
      const rows = await findFetched(tx, wakeLimit)
      const found = rows.map((row) => row.id)
      await wake(tx, found)
      return found
    })
    this.#hasGivenAgain = true
    if (ids.length > 0) log.info({ tasks: ids.length }, 'gave hints again whose fetch may be lost')
  }

  /** Tasks still owned by executors that are over: a takeover was interrupted between its two halves. */
  async #finishTakeovers(): Promise<void> {
    const owners = await findOwnersThatAreOver(this.#options.sql, this.#hasLooked ? lateSeconds : undefined)
    for (const { id } of owners) await freeTasksOf(this.#options, id)
    if (!this.#hasLooked) await deleteFlushesOfEnded(this.#options.sql)
    this.#hasLooked = true
  }

  /** Looks for claimable tasks without an owner and without a hint, and for old unread mail; counts and logs each. */
  async castNet(olderThanSeconds = 15): Promise<number> {
    const { sql, wake, log, hold } = this.#options
    if (hold.isOn) return 0
    try {
      await dropExpiredHolds(sql)
      const found = await sql.begin(async (tx) => {
        const unclaimed = await findUnhinted(tx, olderThanSeconds, netLimit)
        const unheard = await findUnheard(tx, olderThanSeconds, netLimit)
        const rows = [...unclaimed, ...unheard]
        await wake(tx, [...new Set(rows.map((row) => row.id))])
        return { unclaimed: unclaimed.map((r) => r.id), unheard }
      })
      await dropDeadMail(sql, olderThanSeconds)
      const unheard = found.unheard.filter((row) => row.isServed).map((row) => row.id)
      const count = found.unclaimed.length + unheard.length
      if (count > 0) log.warn({ ...found, unheard }, 'the safety net found tasks without a hint')
      this.counts.found += count
      await this.#options.applyMail(found.unheard.slice(0, mailLimit).map((row) => row.id))
      return count
    } catch (error) {
      log.warn({ err: error }, 'the safety net was not cast; trying again')
      return 0
    }
  }
}
