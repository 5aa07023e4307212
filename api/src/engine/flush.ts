import { backoffMs } from '../base/backoff.ts'
import type { Logger } from '../base/log.ts'
import { Problem } from '../base/problem.ts'
import { type AnySql, connect, type Target } from '../postgres/connect.ts'
import { isDriverError } from '../postgres/survive.ts'
import type { Birth, Change } from './change.ts'
import { type BatchOutcome, FlushNotOpened, writeBatch } from './flush-batch.ts'
import type { Batch, Note } from './flush-plan.ts'
import { outcomeAfterTheFact } from './flush-recall.ts'
import type { TakeAnswer } from './lock.ts'
import { findExecutorState } from './store/executor.ts'
import { isFlushCommitted } from './store/flush.ts'
import type { TaskRow } from './store/task.ts'
import { ping } from './store/transaction.ts'

/*
 * Group commit: one flush at a time writes what all tasks of this executor have to say, the next one fills meanwhile;
 * idle, a flush starts at once. Whoever submits hears back only after the commit: nothing is acknowledged before it.
 *
 * When the answer of a COMMIT is lost, the number that a committed flush leaves tells whether the batch landed. A batch that the database
 * refuses for its content is halved until the one bad entry stands alone; that one is refused, the rest commits.
 */

/** One submission and what to do when its flush is over. Exactly one of the callbacks is called. */
export type Entry =
  | {
      readonly kind: 'change'
      readonly change: Change
      /** With what became of the locks it asked for. */
      readonly written: (released: boolean, answers: readonly TakeAnswer[]) => void
      readonly fenced: () => void
      readonly refused: (error: unknown) => void
    }
  | {
      readonly kind: 'birth'
      readonly birth: Birth
      /** With what became of the locks it asked for; without them it may not have been born. */
      readonly written: (answer: TakeAnswer | undefined) => void
      readonly refused: (error: unknown) => void
    }
  | {
      readonly kind: 'claim'
      readonly ids: readonly string[]
      readonly claimed: (rows: readonly TaskRow[]) => void
      readonly refused: (error: unknown) => void
    }
  | {
      readonly kind: 'note'
      readonly note: Note
      readonly written: (known: boolean) => void
      readonly refused: (error: unknown) => void
    }
  | {
      /** Writes nothing: answers when all that was submitted before is written. */
      readonly kind: 'barrier'
      readonly written: () => void
      readonly refused: (error: unknown) => void
    }

export interface FlusherOptions {
  readonly target: Target
  readonly log: Logger
  readonly executorId: string
  wake(sql: AnySql, taskIds: readonly string[]): Promise<void>
  /** The executor was declared dead: everything it holds is lost to it. */
  onDead(): void
  /** A flush was committed: how far the database's clock is ahead of ours, in milliseconds. */
  onClock(databaseNow: Date): void
}

/** Session settings of the flush connection. */
const session = {
  statement_timeout: '10s',
  // A frozen process must not sit on row locks.
  idle_in_transaction_session_timeout: '3s',
  // Every statement of a flush looks rows up by key; on young tables without statistics the planner would scan them whole.
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
}

// More tasks per flush share a commit but leave the CPU idle while the database works; 256 was best of 64 … 2,000.
const entriesPerFlush = 256
const queueMax = 20_000
const answerTimeoutMs = 15_000

const retryableStates: ReadonlySet<string> = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '57014', // query_canceled (statement_timeout)
  '25P03', // idle_in_transaction_session_timeout
  '25P02', // in_failed_sql_transaction: the first error of the pipeline says why, this one only follows
  '53300', // too_many_connections
])

/** Errors that speak of the connection, the server or a race, not of what was written. */
export function isPassing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  // Without a code it is no answer of the database: the driver lost its socket, or the executor is dead.
  if (code === undefined) return !isOurs(error)
  if (retryableStates.has(code)) return true
  // Class 08 connection, 57P operator intervention; the driver's own codes and those of the socket are words.
  return code.startsWith('08') || code.startsWith('57P') || /^(CONNECT|E[A-Z]+$)/.test(code)
}

/** What was to be written could not even be put into words: longer than a string may be, or not of its type. */
function isOurs(error: unknown): boolean {
  return (error instanceof TypeError || error instanceof RangeError) && !isDriverError(error)
}

class DeclaredDead extends Error {}

export class Flusher {
  readonly #options: FlusherOptions
  #queue: Entry[] = []
  #flushNo = 0
  #running = false
  #closed = false
  #dead = false
  #connection: { sql: AnySql; end: () => void; lost: Promise<never> } | undefined
  #idle: (() => void)[] = []
  /** What committed flushes have to tell, held back until the next one is on its way. */
  readonly #answers: (() => void)[] = []
  /** Committed flushes and the entries they carried, for the metrics. */
  readonly counts = { flushes: 0, entries: 0, retries: 0, fenced: 0, bisections: 0 }

  constructor(options: FlusherOptions) {
    this.#options = options
  }

  get waiting(): number {
    return this.#queue.length
  }

  /** Opens the connection before the first flush needs it. */
  async warmUp(): Promise<void> {
    await this.#connect()
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
    this.#dropConnection()
  }

  /** Nothing more is written: the executor is dead or must behave as if it were. */
  kill(): void {
    this.#dead = true
    this.#dropConnection()
    for (const entry of this.#queue.splice(0)) lose(entry)
  }

  /**
   * The answers of one flush are given while the next one is on its way: the runners compute what follows while the
   * database writes. Answering first left one of the two cores idle at any time.
   */
  async #loop(): Promise<void> {
    while (this.#queue.length > 0 && !this.#dead) {
      const answers = await this.#write(this.#queue.splice(0, this.#entriesNow()))
      this.#answers.push(answers)
      // Nothing else to write: there is no flush whose time the answers could use.
      if (this.#queue.length === 0) this.#answerNow()
    }
    this.#answerNow()
    this.#running = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  #entriesNow(): number {
    return entriesPerFlush
  }

  #answerNow(): void {
    for (const answers of this.#answers.splice(0)) answers()
  }

  /**
   * Commits the entries, whatever it takes: repeats after passing errors, halves after lasting ones.
   * Resolves to what gives the answers; it never throws.
   */
  async #write(entries: readonly Entry[]): Promise<() => void> {
    for (let tries = 0; !this.#dead; tries++) {
      try {
        const outcome = await this.#attempt(entries)
        this.counts.flushes++
        this.counts.entries += entries.length
        this.counts.fenced += outcome.fenced.size
        this.#options.onClock(outcome.now)
        return () => answer(entries, outcome)
      } catch (error) {
        this.#dropConnection()
        if (!isPassing(error)) return this.#halve(entries, error)
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
    const connection = await this.#connect()
    const { executorId, wake } = this.#options
    const context = { executorId, flushNo: this.#flushNo, wake, onSent: () => this.#answerNow() }
    try {
      const writing = writeBatch(connection.sql, batchOf(entries), context)
      const outcome = await withTimeout(Promise.race([writing, connection.lost]))
      this.#flushNo++
      return outcome
    } catch (error) {
      if (error instanceof FlushNotOpened) return this.#resolveUnopened(connection.sql, entries)
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
    this.#flushNo++
    return outcomeAfterTheFact(sql, batchOf(entries), executorId, row.now)
  }

  async #connect() {
    if (this.#connection) return this.#connection
    let lose: (error: Error) => void = () => {}
    const lost = new Promise<never>((_, reject) => {
      lose = reject
    })
    lost.catch(() => {})
    const pool = connect(this.#options.target, {
      max: 1,
      applicationName: `stint:${this.#options.executorId}`,
      connectTimeoutSeconds: 5,
      session,
      onClose: () =>
        lose(Object.assign(new Error('the flush connection was lost'), { code: 'CONNECTION_CLOSED' })),
    })
    const end = () => void pool.end({ timeout: 0 }).catch(() => {})
    try {
      // A reservation that finds no server, or one that is starting up, is never answered: it cost 15 s after each crash.
      await withTimeout(ping(pool).then(() => {}))
      const sql = await withTimeout(pool.reserve())
      this.#connection = { sql, end, lost }
      return this.#connection
    } catch (error) {
      end()
      throw error
    }
  }

  #dropConnection(): void {
    this.#connection?.end()
    this.#connection = undefined
  }
}

function batchOf(entries: readonly Entry[]): Batch {
  const changes: Change[] = []
  const births: Birth[] = []
  const claims: string[] = []
  const notes: Note[] = []
  for (const entry of entries) {
    if (entry.kind === 'change') changes.push(entry.change)
    else if (entry.kind === 'birth') births.push(entry.birth)
    else if (entry.kind === 'note') notes.push(entry.note)
    else if (entry.kind === 'claim') claims.push(...entry.ids)
  }
  return { changes, births, claims, notes }
}

function answer(entries: readonly Entry[], outcome: BatchOutcome): void {
  // A claimed row goes to one of those who asked: each would make a runner of it.
  const unclaimed = new Map(outcome.claimed.map((row) => [row.id, row]))
  for (const entry of entries) {
    switch (entry.kind) {
      case 'change': {
        const id = entry.change.taskId
        if (outcome.fenced.has(id)) entry.fenced()
        else entry.written(outcome.released.has(id), outcome.answers.get(id) ?? [])
        break
      }
      case 'birth':
        entry.written(outcome.answers.get(entry.birth.id)?.[0])
        break
      case 'barrier':
        entry.written()
        break
      case 'note':
        entry.written(!outcome.unknown.has(entry.note.taskId))
        break
      case 'claim': {
        const rows = entry.ids.map((id) => unclaimed.get(id)).filter((row) => row !== undefined)
        for (const row of rows) unclaimed.delete(row.id)
        entry.claimed(rows)
      }
    }
  }
}

function lose(entry: Entry): void {
  if (entry.kind === 'change') entry.fenced()
  else if (entry.kind === 'claim') entry.claimed([])
  else
    entry.refused(new Problem('database-unavailable', 'The executor lost its place; send the request again.'))
}

/** The driver can lose a query together with its connection without ever answering; a flush must not wait for that. */
async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(Object.assign(new Error('the database did not answer in time'), { code: 'CONNECT_TIMEOUT' })),
      answerTimeoutMs,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
