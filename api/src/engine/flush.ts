import { backoffMs } from '../base/backoff.ts'
import type { Logger } from '../base/log.ts'
import { Problem } from '../base/problem.ts'
import type { AnySql, Target } from '../postgres/connect.ts'
import { type BatchOutcome, FlushNotOpened, writeBatch } from './flush-batch.ts'
import { FlushConnection, isPassing, isTooSlow } from './flush-connection.ts'
import { answer, batchOf, type Entry, lose } from './flush-entry.ts'
import { outcomeAfterTheFact } from './flush-recall.ts'
import { findExecutorState } from './store/executor.ts'
import { isFlushCommitted } from './store/flush.ts'
import { testPoint } from './test-points.ts'

/*
 * Group commit: one flush at a time writes what all tasks of this executor have to say, the next one fills meanwhile;
 * idle, a flush starts at once. Whoever submits hears back only after the commit: nothing is acknowledged before it.
 *
 * When the answer of a COMMIT is lost, the number that a committed flush leaves tells whether the batch landed. A batch that the
 * database refuses for its content is halved until the one bad entry stands alone; that one is refused, the rest commits.
 */

export interface FlusherOptions {
  readonly target: Target
  readonly log: Logger
  readonly executorId: string
  /** What takes longer is too slow, and its batch is halved. */
  readonly statementTimeoutMs?: number
  wake(sql: AnySql, taskIds: readonly string[]): Promise<void>
  /** The executor was declared dead: everything it holds is lost to it. */
  onDead(): void
  /** A flush was committed: how far the database's clock is ahead of ours, in milliseconds. */
  onClock(databaseNow: Date): void
}

// More tasks per flush share a commit but leave the CPU idle while the database works; 256 was best of 64 … 2,000.
const entriesPerFlush = 256
const queueMax = 20_000
/** Times that one entry alone may be too slow for a statement; everything else waits behind it meanwhile. */
const slowTries = 3

class DeclaredDead extends Error {}

export class Flusher {
  readonly #options: FlusherOptions
  #queue: Entry[] = []
  #flushNo = 0
  #running = false
  #closed = false
  #dead = false
  readonly #connection: FlushConnection
  #idle: (() => void)[] = []
  /** What committed flushes have to tell, held back until the next one is on its way. */
  readonly #answers: (() => void)[] = []
  /** Committed flushes and the entries they carried, for the metrics. */
  readonly counts = { flushes: 0, entries: 0, retries: 0, fenced: 0, bisections: 0 }

  constructor(options: FlusherOptions) {
    this.#options = options
    const { target, executorId, statementTimeoutMs = 10_000 } = options
    this.#connection = new FlushConnection(target, `stint:${executorId}`, statementTimeoutMs)
  }

  get waiting(): number {
    return this.#queue.length
  }

  /** Opens the connection before the first flush needs it. */
  async warmUp(): Promise<void> {
    await this.#connection.open()
  }

  /** Queues an entry. Throws Problem `overloaded` when the queue is full and the entry is new work from outside. */
  submit(entry: Entry): void {
    if (this.#dead || this.#closed) {
      if (entry.kind === 'change') entry.fenced()
      else entry.refused(new Problem('shutting-down', 'This process is stopping; send the request again.'))
      return
    }
    if (entry.kind === 'birth' && this.#queue.length >= queueMax) {
      throw new Problem('overloaded', 'Too much is waiting to be written; try again in a moment.', {
        details: { retryAfterSeconds: 1 },
      })
    }
    this.#queue.push(entry)
    if (!this.#running) {
      this.#running = true
      // What other callbacks of this turn submit shares the first commit.
      setImmediate(() => void this.#loop())
    }
  }

  /** Resolves when everything that is submitted so far is committed or refused. */
  barrier(): Promise<void> {
    return new Promise((written) => this.submit({ kind: 'barrier', written, refused: () => written() }))
  }

  /** Resolves when nothing is waiting any more. */
  async drain(): Promise<void> {
    if (!this.#running) return
    await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  async close(): Promise<void> {
    await this.drain()
    this.#closed = true
    this.#connection.drop()
  }

  /** Nothing more is written: the executor is dead or must behave as if it were. */
  kill(): void {
    this.#dead = true
    this.#connection.drop()
    for (const entry of this.#queue.splice(0)) lose(entry)
  }

  /**
   * The answers of one flush are given while the next one is on its way: the runners compute what follows while the
   * database writes. Answering first left one of the two cores idle at any time.
   */
  async #loop(): Promise<void> {
    while (this.#queue.length > 0 && !this.#dead) {
      const answers = await this.#write(this.#queue.splice(0, entriesPerFlush))
      this.#answers.push(answers)
      // Nothing else to write: there is no flush whose time the answers could use.
      if (this.#queue.length === 0) this.#answerNow()
    }
    this.#answerNow()
    this.#running = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  #answerNow(): void {
    for (const answers of this.#answers.splice(0)) answers()
  }

  /**
   * Commits the entries, whatever it takes: repeats after passing errors, halves after lasting ones.
   * Resolves to what gives the answers; it never throws.
   */
  async #write(entries: readonly Entry[]): Promise<() => void> {
    let slow = 0
    for (let tries = 0; !this.#dead; tries++) {
      try {
        const outcome = await this.#attempt(entries)
        this.counts.flushes++
        this.counts.entries += entries.length
        this.counts.fenced += outcome.fenced.size
        this.#options.onClock(outcome.now)
        return () => answer(entries, outcome)
      } catch (error) {
        this.#connection.drop()
        if (isTooSlow(error)) slow++
        const isLasting = !isPassing(error) || slow >= (entries.length > 1 ? 1 : slowTries)
        if (isLasting) return this.#halve(entries, error)
        this.counts.retries++
        this.#options.log.warn({ err: error, entries: entries.length, tries }, 'flush repeated')
        await new Promise((resolve) =>
          setTimeout(resolve, backoffMs(tries + 1, { firstMs: 20, maxMs: 1000 })),
        )
      }
    }
    return () => {
      for (const entry of entries) lose(entry)
    }
  }

  async #attempt(entries: readonly Entry[]): Promise<BatchOutcome> {
    const sql = await this.#connection.open()
    const { executorId, wake } = this.#options
    const context = { executorId, flushNo: this.#flushNo, wake, onSent: () => this.#answerNow() }
    try {
      const outcome = await this.#connection.answered(writeBatch(sql, batchOf(entries), context))
      this.#flushNo++
      return outcome
    } catch (error) {
      if (error instanceof FlushNotOpened)
        return this.#connection.answered(this.#resolveUnopened(sql, entries))
      throw error
    }
  }

  async #halve(entries: readonly Entry[], error: unknown): Promise<() => void> {
    const [only] = entries
    if (entries.length === 1 && only) {
      this.#options.log.error({ err: error, kind: only.kind }, 'the database refused an entry')
      return () => only.refused(error)
    }
    this.counts.bisections++
    const middle = Math.ceil(entries.length / 2)
    const answerFirst = await this.#write(entries.slice(0, middle))
    const answerSecond = await this.#write(entries.slice(middle))
    return () => {
      answerFirst()
      answerSecond()
    }
  }

  /** The flush did not open: either we are dead, or the last COMMIT landed and only its answer was lost. */
  async #resolveUnopened(sql: AnySql, entries: readonly Entry[]): Promise<BatchOutcome> {
    const { executorId } = this.#options
    const row = await findExecutorState(sql, executorId)
    if (!row || (row.state !== 'alive' && row.state !== 'draining')) {
      this.kill()
      this.#options.onDead()
      throw new DeclaredDead('this executor was declared dead')
    }
    if (!(await isFlushCommitted(sql, executorId, this.#flushNo))) {
      throw new Error(`flush ${this.#flushNo} was neither opened nor committed`)
    }
    await testPoint('flush.recalled', executorId)
    const outcome = await outcomeAfterTheFact(sql, batchOf(entries), executorId, row.now)
    // Not a moment earlier: cut in the middle of the recall, the batch would be written again under the next number.
    this.#flushNo++
    return outcome
  }
}
