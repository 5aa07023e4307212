import type { Clock } from '../../../base/clock.ts'
import type { Actor } from '../../access/model.ts'
import type { TaskFilter } from '../filter.ts'
import type { TaskRow } from '../model.ts'
import type { Found } from './found.ts'
import { type ListChange, ListWatch, Verdicts } from './list-watch.ts'
import type { ChangeRing } from './ring.ts'
import type { Stream } from './stream.ts'

/** Rows kept to know whether a task has left a filter. */
const knownMax = 20_000
/** A subscriber that missed more than this is quicker with a fresh list. */
const replayMax = 2_000

/** The lists that somebody watches. */
export class Lists {
  readonly #watches = new Set<ListWatch>()
  readonly #known = new Map<string, TaskRow>()
  readonly #clock: Clock
  readonly #ring: ChangeRing
  readonly #load: (ids: readonly string[]) => Promise<Found>

  constructor(clock: Clock, ring: ChangeRing, load: (ids: readonly string[]) => Promise<Found>) {
    this.#clock = clock
    this.#ring = ring
    this.#load = load
  }

  get size(): number {
    return this.#watches.size
  }

  get streams(): Stream<unknown>[] {
    return [...this.#watches].map((watch) => watch.stream)
  }

  async watch(
    who: () => Actor | undefined,
    filter: TaskFilter,
    after?: string | null,
  ): Promise<Stream<ListChange>> {
    const watch = new ListWatch(this.#ring.n, {
      who,
      filter,
      clock: this.#clock,
      tokenOf: (n) => this.#ring.tokenOf(n),
      onEnd: (ended) => this.#watches.delete(ended),
    })
    if (typeof after === 'string') await this.#replay(watch, after)
    if (!watch.stream.ended) this.#watches.add(watch)
    return watch.stream
  }

  /** What changed together, under its number. */
  tell(n: number, { rows, deleted }: Found): void {
    if (this.#watches.size === 0) {
      this.#known.clear()
      return
    }
    const verdicts = new Verdicts()
    for (const row of rows) {
      const before = this.#known.get(row.id)
      for (const watch of this.#watches) watch.offer(n, row, before, verdicts)
      this.#remember(row)
    }
    for (const task of deleted) {
      const before = this.#known.get(task.id)
      for (const watch of this.#watches) watch.offerDeleted(n, task, before, verdicts)
      this.#known.delete(task.id)
    }
    for (const watch of this.#watches) watch.seal(n)
  }

  /** Changes were missed. */
  resync(): void {
    this.#known.clear()
    for (const watch of this.#watches) watch.resync(this.#ring.n)
  }

  async #replay(watch: ListWatch, after: string): Promise<void> {
    const first = (this.#ring.numberOf(after) ?? 0) + 1
    let from = after
    for (;;) {
      const { n } = this.#ring
      const ids = this.#ring.since(from)
      if (ids === undefined || ids.length > replayMax) return watch.resync(n)
      const verdicts = new Verdicts()
      const { rows, deleted } = await this.#load(ids)
      for (const row of rows) watch.offer(first, row, undefined, verdicts)
      for (const task of deleted) watch.offerDeleted(first, task, undefined, verdicts)
      // Ticks may have gone by while the rows were read: their tasks are read as well.
      if (this.#ring.n === n) return watch.seal(n)
      from = this.#ring.tokenOf(n)
    }
  }

  #remember(row: TaskRow): void {
    this.#known.delete(row.id)
    this.#known.set(row.id, row)
    if (this.#known.size <= knownMax) return
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
  }
}
