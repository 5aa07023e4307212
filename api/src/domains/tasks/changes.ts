import { randomBytes } from 'node:crypto'
import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import type { Service } from '../../base/service.ts'
import { unpackIds } from '../../postgres/announce.ts'
import { channels, type Listener } from '../../postgres/listen.ts'
import type { Actor } from '../access/model.ts'
import { type TaskFilter, visibilityKey } from './filter.ts'
import { findAsTheyAre } from './live/found.ts'
import type { ListChange } from './live/list-watch.ts'
import { Lists } from './live/lists.ts'
import { LiveReads } from './live/reads.ts'
import { ChangeRing } from './live/ring.ts'
import type { Stream } from './live/stream.ts'
import type { TaskWatchOptions } from './live/task-watch.ts'
import { Topics } from './live/topics.ts'
import type { TaskEngine } from './model.ts'
import { type Readers, readersOf } from './readers.ts'

/** Who is asked about at every event: rights may shrink while a subscription lives. */
export type Who = () => Actor | undefined

export interface TaskChangesOptions {
  readonly listener: Listener
  readonly engine: TaskEngine
  /** Changes of so long are told together; also how often a subscriber hears of one task at most. */
  readonly tickMs?: number
}

const tickMsDefault = 50
const retryMs = 1_000

/**
 * The live views of this process. It hears ids of changed tasks on one LISTEN connection and gathers them for a tick; then it
 * reads all of them that anybody wants with one statement, and everything else happens in memory: subscribers cost no query and
 * no connection of their own. What may have been missed (a cut connection, a database that did not answer) is never papered
 * over: watched tasks are read again, lists are told to.
 */
export class TaskChanges implements Service {
  readonly #app: App
  readonly #options: TaskChangesOptions
  readonly #tickMs: number
  readonly #ring: ChangeRing
  readonly #reads: LiveReads
  readonly #topics: Topics
  readonly #lists: Lists
  readonly #readers = new Map<string, { readers: Readers; untilMs: number }>()
  readonly #heard = new Set<string>()
  #missed = false
  #unsubscribe: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #ticking: Promise<void> | undefined
  #running = false

  constructor(app: App, options: TaskChangesOptions) {
    this.#app = app
    this.#options = options
    this.#tickMs = options.tickMs ?? tickMsDefault
    this.#ring = new ChangeRing(randomBytes(8).toString('hex'), app.clock)
    this.#reads = new LiveReads(app.sql, options.engine)
    this.#topics = new Topics(this.#reads, async (ids) => (await findAsTheyAre(app.sql, ids)).rows)
    this.#lists = new Lists(app.clock, this.#ring, (ids) => findAsTheyAre(app.sql, ids))
  }

  async start(): Promise<void> {
    if (this.#running) return
    this.#running = true
    const { listener } = this.#options
    this.#unsubscribe = [
      listener.on(channels.tasks, (payload) => this.#hear(unpackIds(payload))),
      listener.onReconnect(() => this.#miss()),
    ]
  }

  /** Ends every subscription as `shutting-down`. */
  async stop(): Promise<void> {
    this.#running = false
    for (const off of this.#unsubscribe.splice(0)) off()
    clearTimeout(this.#timer)
    this.#timer = undefined
    const ending = new Problem('shutting-down', 'The server is stopping; connect again in a moment.', {
      details: { retryAfterSeconds: 5 },
    })
    for (const stream of [...this.#lists.streams, ...this.#topics.streams]) stream.end(ending)
    await this.#ticking
  }

  /** Subscriptions that are served now. */
  get subscribers(): number {
    return this.#lists.size + this.#topics.streams.length
  }

  /** Shared by all who see the same, for the length of a tick: many who watch one task read its steps once. */
  readers(actor: Actor | undefined): Readers {
    const key = visibilityKey(actor)
    const nowMs = this.#app.clock.monotonicMs()
    const known = this.#readers.get(key)
    if (known !== undefined && known.untilMs > nowMs) return known.readers
    // Where nothing changes no tick throws them away.
    for (const [other, { untilMs }] of this.#readers) if (untilMs <= nowMs) this.#readers.delete(other)
    const readers = readersOf(this.#app, this.#options.engine, actor)
    this.#readers.set(key, { readers, untilMs: nowMs + this.#tickMs })
    return readers
  }

  /** Opens one of the streams of live/task-watch.ts. Throws `not-found` also for a task that may not be seen. */
  watchTask<T>(taskId: string, who: Who, open: (options: TaskWatchOptions) => Stream<T>): Promise<Stream<T>> {
    return this.#topics.watch(taskId, who, open)
  }

  /**
   * Changes of the tasks that the filter lets through, after the token of an earlier message. The first message comes at once:
   * a resync when that place is unknown, else what was missed, or the token alone.
   */
  watchList(who: Who, filter: TaskFilter, after?: string | null): Promise<Stream<ListChange>> {
    return this.#lists.watch(who, filter, after)
  }

  #hear(ids: readonly string[]): void {
    for (const id of ids) this.#heard.add(id)
    this.#schedule(this.#tickMs)
  }

  #miss(): void {
    this.#missed = true
    this.#schedule(this.#tickMs)
  }

  #schedule(ms: number): void {
    if (!this.#running || this.#ticking !== undefined || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#ticking = this.#tick()
    }, ms)
  }

  async #tick(): Promise<void> {
    const ids = [...this.#heard]
    const missed = this.#missed
    this.#heard.clear()
    this.#missed = false
    try {
      await this.#tell(ids, missed)
    } catch (err) {
      this.#app.log.warn({ err }, 'The live views could not read what changed; trying again.')
      this.#missed = true
    }
    this.#ticking = undefined
    if (this.#missed) this.#schedule(retryMs)
    else if (this.#heard.size > 0) this.#schedule(this.#tickMs)
  }

  async #tell(ids: readonly string[], missed: boolean): Promise<void> {
    const wanted = missed
      ? this.#topics.ids
      : this.#lists.size > 0
        ? ids
        : ids.filter((id) => this.#topics.has(id))
    const found = await findAsTheyAre(this.#app.sql, wanted)
    const rows = new Map(found.rows.map((row) => [row.id, row]))
    this.#reads.forget()
    this.#readers.clear()
    if (missed) {
      this.#ring.cut()
      this.#lists.resync()
    } else {
      this.#lists.tell(this.#ring.add(ids), found)
    }
    for (const id of wanted) this.#topics.tell(id, rows.get(id))
  }
}
