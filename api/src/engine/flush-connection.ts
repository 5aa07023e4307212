import { type AnySql, connect, type Target } from '../postgres/connect.ts'
import { isDriverError } from '../postgres/survive.ts'
import { ping } from './store/transaction.ts'

/** Session settings of the flush connection. */
const session = (statementTimeoutMs: number) => ({
  statement_timeout: `${statementTimeoutMs}ms`,
  // Sooner: who waits for somebody else's lock is not slow, and tries again until it is free.
  lock_timeout: `${statementTimeoutMs * 0.8}ms`,
  // A frozen process must not sit on row locks.
  idle_in_transaction_session_timeout: '3s',
  // Every statement of a flush looks rows up by key; on young tables without statistics the planner would scan them whole.
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
})

const answerTimeoutMs = 15_000

const retryableStates: ReadonlySet<string> = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '57014', // query_canceled (statement_timeout); see isTooSlow
  '55P03', // lock_not_available (lock_timeout)
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

/** A statement took longer than it may. It may have been the moment, or what was to be written. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014'
}

/** What was to be written could not even be put into words: longer than a string may be, or not of its type. */
function isOurs(error: unknown): boolean {
  return (error instanceof TypeError || error instanceof RangeError) && !isDriverError(error)
}

interface Opened {
  readonly sql: AnySql
  end(): void
  readonly lost: Promise<never>
}

/** The one connection of a flusher: opened when it is needed, thrown away after each error, opened anew for the next try. */
export class FlushConnection {
  readonly #target: Target
  readonly #applicationName: string
  readonly #statementTimeoutMs: number
  #opened: Opened | undefined

  constructor(target: Target, applicationName: string, statementTimeoutMs: number) {
    this.#target = target
    this.#applicationName = applicationName
    this.#statementTimeoutMs = statementTimeoutMs
  }

  /** Outside of any transaction. Throws what the driver throws. */
  async open(): Promise<AnySql> {
    this.#opened ??= await this.#connect()
    return this.#opened.sql
  }

  /** The result of what is being done on the connection; an error as soon as the connection is lost, or nothing comes for too long. */
  answered<T>(work: Promise<T>): Promise<T> {
    return withTimeout(this.#opened ? Promise.race([work, this.#opened.lost]) : work)
  }

  drop(): void {
    this.#opened?.end()
    this.#opened = undefined
  }

  async #connect(): Promise<Opened> {
    let lose: (error: Error) => void = () => {}
    const lost = new Promise<never>((_, reject) => {
      lose = reject
    })
    lost.catch(() => {})
    const pool = connect(this.#target, {
      max: 1,
      applicationName: this.#applicationName,
      connectTimeoutSeconds: 5,
      session: session(this.#statementTimeoutMs),
      onClose: () =>
        lose(Object.assign(new Error('the flush connection was lost'), { code: 'CONNECTION_CLOSED' })),
    })
    const end = () => void pool.end({ timeout: 0 }).catch(() => {})
    try {
      // A reservation that finds no server, or one that is starting up, is never answered: it cost 15 s after each crash.
      await withTimeout(ping(pool).then(() => {}))
      const sql = await withTimeout(pool.reserve())
      return { sql, end, lost }
    } catch (error) {
      end()
      throw error
    }
  }
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
