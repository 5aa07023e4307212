import postgres from 'postgres'

/** The pool, or anything that behaves like it. Rows arrive in camelCase. */
export type Sql = postgres.Sql
/** Inside `sql.begin`. */
export type Transaction = postgres.TransactionSql
/** What a store function takes that works with either. */
export type AnySql = Sql | Transaction

/** Where the database is. A socket folder is no URL: the driver does not take one in a URL. */
export type Target =
  | { readonly kind: 'socket'; readonly folder: string; readonly user: string; readonly database: string }
  | { readonly kind: 'url'; readonly url: string }

export interface ConnectOptions {
  /** Connections at most. */
  readonly max?: number
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string
  readonly connectTimeoutSeconds?: number
  readonly idleTimeoutSeconds?: number
  /** Notices of the server; silent when absent. */
  readonly onNotice?: (message: string) => void
  /** A connection ended, for whatever reason. */
  readonly onClose?: () => void
  /** For the connection that listens; such a connection also lives as long as it can. */
  readonly onNotify?: (channel: string, payload: string) => void
  /** Server settings of each session, such as statement_timeout. */
  readonly session?: Readonly<Record<string, string>>
}

/** Our bigints count; beyond 2^53 a rounded number would be a silent lie, so those stay bigint. */
function parseInteger(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

const types = {
  bigint: {
    to: 20,
    from: [20],
    serialize: (value: number | bigint) => value.toString(),
    parse: parseInteger,
  },
  // A calendar day has no time zone: as a Date it would move by a day west of Greenwich.
  day: { to: 1082, from: [1082], serialize: (value: string) => value, parse: (text: string) => text },
  // Elements of a bytea[] come here already written as `\x…` (engine/store/arrays): the driver would encode that text again.
  bytea: {
    to: 17,
    from: [17],
    serialize: (value: Uint8Array | string) =>
      typeof value === 'string' ? value : `\\x${Buffer.from(value).toString('hex')}`,
    parse: (text: string) => Buffer.from(text.slice(2), 'hex'),
  },
}

function place(target: Target): postgres.Options<Record<string, postgres.PostgresType>> {
  if (target.kind === 'url') return {}
  const { folder, user, database } = target
  // Everything is said, so that no PG* variable of the caller's shell leads elsewhere.
  return { host: folder, port: 5432, user, database, password: 'none', ssl: false }
}

/** The driver's own `listen` gives up watching a connection that hangs half open; postgres/listen.ts does it itself. */
function listening({ onNotify }: ConnectOptions): object {
  return onNotify === undefined ? {} : { onnotify: onNotify, max_lifetime: null, fetch_types: false }
}

/**
 * Opens a pool; connections are made when needed. Column names are camelCase on this side and snake_case on the other;
 * keys inside jsonb values stay as they are. `bigint` is a number where that is exact, `date` is a text.
 */
export function connect(target: Target, options: ConnectOptions = {}): Sql {
  const settings: postgres.Options<Record<string, postgres.PostgresType>> = {
    ...place(target),
    max: options.max ?? 10,
    connect_timeout: options.connectTimeoutSeconds ?? 10,
    idle_timeout: options.idleTimeoutSeconds,
    onnotice: (notice) => options.onNotice?.(notice.message ?? ''),
    onclose: () => options.onClose?.(),
    ...listening(options),
    types,
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
    connection: { application_name: options.applicationName ?? 'stint', ...options.session },
  }
  const sql = target.kind === 'url' ? postgres(target.url, settings) : postgres(settings)
  return sql as unknown as Sql
}

/** The same place for node-postgres, which pg-boss brings along. */
export function connectionOptionsForPg(
  target: Target,
): { connectionString: string } | { host: string; port: number; user: string; database: string } {
  if (target.kind === 'url') return { connectionString: target.url }
  return { host: target.folder, port: 5432, user: target.user, database: target.database }
}

/** The same server, another database. */
export function withDatabase(target: Target, database: string): Target {
  if (target.kind === 'socket') return { ...target, database }
  const url = new URL(target.url)
  url.pathname = `/${database}`
  return { kind: 'url', url: url.href }
}
