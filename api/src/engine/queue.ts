import { createHash } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import { newId } from '../base/ids.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import { type AnySql, connectionOptionsForPg, type Target } from '../postgres/connect.ts'
import { type DispatchRow, findDispatch } from './store/dispatch.ts'

/*
 * pg-boss carries hints between processes: a job says "look at these tasks", the rows are the truth. The handler claims
 * the tasks and is done; no step ever runs in it. A lost, doubled or late job costs time, never correctness.
 */

export const advanceQueue = 'advance'

interface Hint {
  readonly ids: readonly string[]
  /** A batch comes in no order. */
  readonly urgency?: number
}

export interface QueueOptions {
  readonly target: Target
  readonly log: Logger
  readonly region: string | undefined
  /** Claims what hints speak of; resolves within milliseconds. Absent: this process only sends hints. */
  readonly onHint: ((ids: readonly string[]) => Promise<void>) | undefined
  /** False: hints stay where they are, until `fetch` is called again. */
  mayFetch(): boolean
}

/** Ids that one job may carry; a flush that wakes more inserts several. */
const idsPerJob = 100

export class Queue implements Service {
  readonly #options: QueueOptions
  readonly #boss: PgBoss
  /** Queues this process takes hints from: tasks of no region, and those of its own. */
  readonly #own: ReadonlySet<string>
  readonly #known = new Set<string>()
  #isFetching = false
  /** Hints that were received, for the executors page. */
  hints = 0

  constructor(options: QueueOptions) {
    this.#options = options
    this.#own = new Set([advanceQueue, queueName(options.region)])
    this.#boss = new PgBoss({
      ...connectionOptionsForPg(options.target),
      application_name: 'stint-queue',
      max: 3,
      useListenNotify: true,
      schedule: false,
      maintenanceIntervalSeconds: 60,
      superviseIntervalSeconds: 30,
    })
    this.#boss.on('error', (error) => options.log.warn({ err: error }, 'queue'))
  }

  async start(): Promise<void> {
    await this.#boss.start()
    for (const name of this.#own) await this.#ensure(name)
    await this.fetch()
  }

  async stop(): Promise<void> {
    await this.rest()
    await this.#boss.stop({ graceful: true, timeout: 2000, close: true })
  }

  /** Starts taking hints; nothing when it does already. */
  async fetch(): Promise<void> {
    const { onHint, mayFetch } = this.#options
    if (this.#isFetching || !onHint || !mayFetch()) return
    this.#isFetching = true
    for (const name of this.#own) await this.#work(name, onHint)
  }

  async #ensure(name: string): Promise<void> {
    if (this.#known.has(name)) return
    await createQueue(this.#boss, name)
    this.#known.add(name)
  }

  /** One fetching worker a queue: with several and a table full of completed jobs, pick-up rose from 3 to 20–30 ms. */
  #work(name: string, onHint: (ids: readonly string[]) => Promise<void>) {
    const options = {
      batchSize: 50,
      localConcurrency: 1,
      pollingIntervalSeconds: 2,
      notifyPollingIntervalSeconds: 2,
    }
    return this.#boss.work<Hint>(name, options, async (jobs) => {
      this.hints += jobs.length
      await onHint(inOrder(jobs.map((job) => job.data)))
    })
  }

  /** Leaves hints to others: this executor is full or stopping. */
  async rest(): Promise<void> {
    if (!this.#isFetching) return
    this.#isFetching = false
    for (const name of this.#own) await this.#boss.offWork(name, { wait: false })
  }

  /**
   * Says, inside the caller's transaction, that somebody should look at these tasks: the only enqueuer. A single task has
   * its id as key, so that ten reasons to look at it are one job.
   */
  async wake(sql: AnySql, taskIds: readonly string[]): Promise<void> {
    if (taskIds.length === 0) return
    const db = {
      executeSql: async (text: string, values?: unknown[]) => ({
        rows: [...(await sql.unsafe(text, values as never[]))],
      }),
    }
    const byRegion = Map.groupBy(await findDispatch(sql, taskIds), (row) => row.region ?? undefined)
    for (const [region, rows] of byRegion) {
      const name = queueName(region)
      await this.#ensure(name)
      await this.#boss.insert(name, jobsFor(rows), { db })
    }
  }
}

/** The most urgent first, of the same urgency the oldest: ids begin with the time. */
function inOrder(hints: readonly Hint[]): string[] {
  const all = hints.flatMap(({ ids, urgency = 0 }) => ids.map((id) => ({ id, urgency })))
  return all.sort((a, b) => b.urgency - a.urgency || (a.id < b.id ? -1 : 1)).map(({ id }) => id)
}

/** A key for every job: the queue keeps one waiting job per key, and jobs without one would all count as the same. */
function jobsFor(rows: readonly DispatchRow[]) {
  const jobs = []
  for (const [priority, alike] of Map.groupBy(rows, (row) => row.urgency)) {
    for (let from = 0; from < alike.length; from += idsPerJob) {
      const ids = alike.slice(from, from + idsPerJob).map((row) => row.id)
      const singletonKey = ids.length === 1 ? (ids[0] as string) : newId()
      jobs.push({ data: { ids, urgency: priority }, singletonKey, priority })
    }
  }
  return jobs
}

/** The queue takes few characters in a name. One that it refused would fail the transaction that wakes, with all it carries. */
function queueName(region: string | undefined): string {
  if (region === undefined) return advanceQueue
  const isPlain = /^[\w.-]{1,100}$/.test(region)
  return `${advanceQueue}.${isPlain ? region : `-${createHash('sha256').update(region).digest('hex')}`}`
}

async function createQueue(boss: PgBoss, name: string): Promise<void> {
  await boss.createQueue(name, {
    policy: 'short',
    notify: true,
    expireInSeconds: 60,
    heartbeatSeconds: 10,
    deleteAfterSeconds: 5,
    retryLimit: 5,
    retentionSeconds: 7 * 24 * 3600,
  })
}
