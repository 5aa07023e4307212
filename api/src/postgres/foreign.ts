import type { Socket } from 'node:net'
import postgres from 'postgres'

/** A database that is not ours, as somebody wrote it down. */
export interface ForeignDatabase {
  /** A name or an address; a path for a server of this machine that listens on a socket there. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string | undefined
  readonly tls: 'disable' | 'prefer' | 'require' | 'verify-full'
}

export interface ForeignQuery {
  readonly text: string
  readonly parameters: readonly unknown[]
  readonly isReadOnly: boolean
  readonly timeoutMs: number
  /** At most so many rows are read, and one more to know that there are more. */
  readonly rowsMax: number
  readonly signal: AbortSignal
}

export interface ForeignRows {
  readonly rows: readonly Record<string, unknown>[]
  /** Rows that a change touched; of a question, those that were read. */
  readonly count: number
  readonly columns: readonly string[]
  readonly isCut: boolean
}

/** Opens the connection; whoever gives it has looked at where it leads. */
type OpenSocket = (host: string, port: number) => Promise<Socket>

function tlsOf({ tls, host }: ForeignDatabase) {
  if (tls === 'disable') return false
  return tls === 'verify-full' ? { rejectUnauthorized: true, servername: host } : tls
}

const asIs = (value: unknown) => value
const text = { serialize: asIs, parse: (value: string) => value }

/**
 * Templates produce texts, and the server knows how to read a text as whatever it needs; the driver would read "true" as false
 * and quote a JSON text once more. Days and times without a zone stay texts: as instants they would move.
 */
const types = {
  bool: { to: 16, from: [16], serialize: String, parse: (value: string) => value === 't' },
  day: { ...text, to: 1082, from: [1082, 1083, 1114, 1266] },
  instant: { to: 1184, from: [1184], serialize: asIs, parse: (value: string) => new Date(value) },
  json: { to: 114, from: [114, 3802], serialize: asJson, parse: (value: string) => JSON.parse(value) },
  jsonb: { to: 3802, from: [], serialize: asJson, parse: (value: string) => JSON.parse(value) },
  bytes: {
    to: 17,
    from: [17],
    serialize: asIs,
    parse: (value: string) => Buffer.from(value.slice(2), 'hex'),
  },
}

function asJson(value: unknown): unknown {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function connectForeign(database: ForeignDatabase, open: OpenSocket): postgres.Sql {
  const { host, port, user, password } = database
  const isPath = host.startsWith('/')
  const options = {
    host,
    port,
    database: database.database,
    username: user,
    ...(password === undefined ? {} : { password }),
    max: 1,
    connect_timeout: 10,
    prepare: false,
    types,
    onnotice: () => {},
    connection: { application_name: 'stint' },
    ...(isPath ? { ssl: false } : { ssl: tlsOf(database), socket: () => open(host, port) }),
  }
  return postgres(options as unknown as postgres.Options<Record<string, never>>)
}

async function ask(sql: postgres.ReservedSql, query: ForeignQuery): Promise<ForeignRows> {
  const { text, parameters, isReadOnly, rowsMax, signal } = query
  const asked = sql.unsafe(text, [...parameters] as postgres.ParameterOrJSON<never>[])
  const cancel = () => asked.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const rows: Record<string, unknown>[] = []
    let columns: readonly string[] = []
    let count = 0
    if (isReadOnly) {
      // As far as is wanted and no further: the rest is never made by the server.
      for await (const batch of asked.cursor(rowsMax + 1)) {
        rows.push(...batch)
        columns = (batch as unknown as postgres.RowList<postgres.Row[]>).columns.map(({ name }) => name)
        break
      }
      count = Math.min(rows.length, rowsMax)
    } else {
      const result = await asked
      rows.push(...result)
      columns = result.columns?.map(({ name }) => name) ?? []
      count = result.count
    }
    return { rows: rows.slice(0, rowsMax), count, columns, isCut: rows.length > rowsMax }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/**
 * Asks a foreign database once, in a transaction of its own on a connection of its own; only reading unless it says otherwise.
 * Cancelled on the server when the signal aborts. Throws what the driver throws.
 */
export async function askForeign(
  database: ForeignDatabase,
  query: ForeignQuery,
  open: OpenSocket,
): Promise<ForeignRows> {
  const sql = connectForeign(database, open)
  try {
    const connection = await sql.reserve()
    await connection.unsafe(query.isReadOnly ? 'begin read only' : 'begin')
    await connection.unsafe(`set local statement_timeout = ${Math.ceil(query.timeoutMs)}`)
    const answer = await ask(connection, query)
    query.signal.throwIfAborted()
    await connection.unsafe('commit')
    return answer
  } finally {
    await sql.end({ timeout: 0 })
  }
}
