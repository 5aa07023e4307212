import type postgres from 'postgres'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Logger } from './log.ts'

/** What every verb takes first: the record that the roof builds once and hands down. */
export interface App {
  /** The pool for reads and short transactions; its type is the driver's, so that base needs no floor above it. */
  readonly sql: postgres.Sql
  readonly log: Logger
  readonly clock: Clock
  readonly config: Config
}
