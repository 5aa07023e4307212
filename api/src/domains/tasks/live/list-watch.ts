import type { Clock } from '../../../base/clock.ts'
import { type Actor, canSeeTask } from '../../access/model.ts'
import { filterKey, matches, type TaskFilter, visibilityKey } from '../filter.ts'
import type { DeletedTask, TaskRow } from '../model.ts'
import { Stream } from './stream.ts'

/** One thing that a list page is told. */
export interface ListChange {
  /** Where to resume after a cut connection. */
  readonly token: string
  /** Changes were missed: fetch the list again. */
  readonly resync: boolean
  /** Absent in the first message, which only brings the token, in a resync, and of a task that was deleted. */
  readonly task: TaskRow | undefined
  /** A task that was deleted. */
  readonly deletedId: string | undefined
  /** False: the task is not (or no longer) among those that the filter lets through. */
  readonly matches: boolean
}

interface Waiting {
  readonly n: number
  /** What is left of it when it was deleted. */
  readonly task: TaskRow | DeletedTask
  readonly matches: boolean
}

const isDeleted = (task: TaskRow | DeletedTask): task is DeletedTask => 'deletedAt' in task

const news = { resync: false, task: undefined, deletedId: undefined, matches: false } as const

/** Changes kept for a subscriber that does not take them; beyond, it is told to fetch its list again. */
const waitingMax = 200
/**
 * Of deletions fewer are told one by one: a clean-up deletes some hundreds in each tick for as long as it takes, and a page can do
 * nothing with one of them but leave it out. Without this every open page was sent every id.
 */
const deletedMax = 50
/**
 * When tasks change by the hundred, telling them one by one costs more than the list itself: such a list is told to begin again,
 * and no more often than this.
 */
const resyncEveryMs = 1_000

/** Answers of one tick, shared by all who see the same and filter the same. */
export class Verdicts {
  readonly #known = new Map<string, Map<TaskRow, boolean>>()

  of(actor: Actor, filter: TaskFilter, row: TaskRow): boolean {
    const key = `${visibilityKey(actor)} ${filterKey(filter, actor)}`
    let verdicts = this.#known.get(key)
    if (verdicts === undefined) {
      verdicts = new Map()
      this.#known.set(key, verdicts)
    }
    let verdict = verdicts.get(row)
    if (verdict === undefined) {
      verdict = canSeeTask(actor, row) && matches(filter, row, actor)
      verdicts.set(row, verdict)
    }
    return verdict
  }
}

export interface ListWatchOptions {
  /** Asked at every change: rights may shrink while a subscription lives. */
  readonly who: () => Actor | undefined
  readonly filter: TaskFilter
  readonly tokenOf: (n: number) => string
  readonly clock: Clock
  readonly onEnd: (watch: ListWatch) => void
}

/** One subscriber of a list: what it has not taken yet, by task, newest change last. */
export class ListWatch {
  readonly stream: Stream<ListChange>
  readonly #options: ListWatchOptions
  readonly #waiting = new Map<string, Waiting>()
  #covered: number
  #deletedInTick = 0
  #mustResync = false
  #mustGreet = true
  #quietUntilMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(n: number, options: ListWatchOptions) {
    this.#covered = n
    this.#options = options
    this.stream = new Stream(
      () => this.#take(),
      () => {
        clearTimeout(this.#timer)
        options.onEnd(this)
      },
    )
  }

  /** Everything up to tick `n` is lost on this subscriber. */
  resync(n: number): void {
    this.#waiting.clear()
    this.#covered = n
    this.#mustResync = true
    this.stream.poke()
  }

  /**
   * A task as it is at tick `n`, and as this process saw it before, if it did. What neither matches nor matched is passed over;
   * with no picture of before it is told once, since it may stand in the list.
   */
  offer(n: number, row: TaskRow, before: TaskRow | undefined, verdicts: Verdicts): void {
    const { who, filter } = this.#options
    const actor = who()
    if (actor === undefined || this.#mustResync) return
    const now = verdicts.of(actor, filter, row)
    const then = before === undefined ? undefined : verdicts.of(actor, filter, before)
    if (!now && then === false) return
    if (canSeeTask(actor, row)) this.#keep({ n, task: row, matches: now })
    // It went out of sight: its name may not be told, only that the list is another one now.
    else if (then) this.resync(n)
  }

  /** A task that is gone since tick `n`: told to those in whose list it may have stood. */
  offerDeleted(n: number, task: DeletedTask, before: TaskRow | undefined, verdicts: Verdicts): void {
    const { who, filter } = this.#options
    const actor = who()
    if (actor === undefined || this.#mustResync) return
    // Only what is over is ever deleted.
    const mayHaveStood = before
      ? verdicts.of(actor, filter, before)
      : (filter.states?.includes('stopped') ?? true)
    if (!mayHaveStood || !canSeeTask(actor, task)) return
    this.#deletedInTick += 1
    if (this.#deletedInTick > deletedMax) this.resync(n)
    else this.#keep({ n, task, matches: false })
  }

  /** Tick `n` is over: what was offered is complete up to it. */
  seal(n: number): void {
    this.#covered = n
    this.#deletedInTick = 0
    if (this.#waiting.size > 0) this.stream.poke()
  }

  #keep(waiting: Waiting): void {
    this.#waiting.delete(waiting.task.id)
    this.#waiting.set(waiting.task.id, waiting)
    if (this.#waiting.size > waitingMax) this.resync(waiting.n)
  }

  /** A token may only cover what was taken: with more waiting it stands in front of the first of that. */
  #token(): string {
    const [next] = this.#waiting.values()
    return this.#options.tokenOf(next === undefined ? this.#covered : next.n - 1)
  }

  #take(): ListChange | undefined {
    if (this.#mustResync) return this.#takeResync()
    const [next] = this.#waiting.values()
    if (next !== undefined) return this.#takeFirst(next)
    if (!this.#mustGreet) return undefined
    this.#mustGreet = false
    return { ...news, token: this.#token() }
  }

  #takeResync(): ListChange | undefined {
    const leftMs = this.#quietUntilMs - this.#options.clock.monotonicMs()
    if (leftMs > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined
        this.stream.poke()
      }, leftMs)
      return undefined
    }
    this.#quietUntilMs = this.#options.clock.monotonicMs() + resyncEveryMs
    this.#mustResync = false
    this.#mustGreet = false
    return { ...news, token: this.#token(), resync: true }
  }

  #takeFirst({ task, matches: isMatch }: Waiting): ListChange | undefined {
    this.#waiting.delete(task.id)
    this.#mustGreet = false
    // Rights may have shrunk since it was offered.
    if (!canSeeTask(this.#options.who(), task)) return this.#take()
    if (isDeleted(task)) return { ...news, token: this.#token(), deletedId: task.id }
    return { ...news, token: this.#token(), task, matches: isMatch }
  }
}
