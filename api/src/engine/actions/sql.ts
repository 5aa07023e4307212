import { counted } from '@stint/schema/counted'
import type { Outbound } from '../../base/outbound.ts'
import { OutboundError } from '../../base/outbound-connect.ts'
import { Problem } from '../../base/problem.ts'
import { askForeign, type ForeignRows } from '../../postgres/foreign.ts'
import {
  type Action,
  type ActionContext,
  ActionError,
  type ActionResult,
  type JsonSchema,
} from '../action.ts'
import {
  type Configuration,
  complaintOf,
  flagOf,
  literalsOf,
  textOf,
  timeoutOf,
  wrong,
} from './configuration.ts'
import { databaseOf } from './sql-database.ts'

/** What the sql action needs from the process it runs in. */
export interface SqlActionOptions {
  readonly outbound: Outbound
  /** The configuration item that describes a database, by the database's name; undefined when there is none. */
  database(name: string): unknown
}

const rowsLimit = 10_000

function rowsMaxOf(configuration: Configuration): number {
  const rows = Number(textOf(configuration, 'max_rows') ?? 1000)
  if (Number.isInteger(rows) && rows > 0 && rows <= rowsLimit) return rows
  throw wrong(`max_rows must be a whole number from 1 to ${rowsLimit}.`)
}

function parametersOf(configuration: Configuration): readonly unknown[] {
  const { parameters = [] } = configuration
  if (!Array.isArray(parameters)) throw wrong('parameters must be a list.')
  return parameters
}

function demanded(configuration: Configuration, name: string): string {
  const text = textOf(configuration, name)
  if (text === undefined) throw wrong(`${name} must be given.`)
  return text
}

/** Bytes as base64; what JSON knows stays what it is. */
function plainValue(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

function outputOf({ rows, count, columns, isCut }: ForeignRows): Record<string, unknown> {
  const plain = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)])),
  )
  return { rows: plain, row_count: count, columns, truncated: isCut }
}

/** Classes of SQLSTATE that speak of the server, the connection or a race. */
const passing = /^(08|40|53|55|57|58|XX)/

function failureOf(error: unknown, name: string, { signal }: ActionContext, isLate: boolean): unknown {
  if (signal.aborted)
    return new ActionError('server', `The query on ${name} was stopped: ${String(signal.reason)}`)
  if (isLate) return new ActionError('server', `The query on ${name} took too long.`, { cause: error })
  if (error instanceof ActionError) return error
  if (error instanceof Problem) return new ActionError('client', error.message, { cause: error })
  if (error instanceof OutboundError) return new ActionError('server', error.message, { cause: error })
  const { code = '', message } = error as Error & { code?: string }
  const isSqlState = /^[0-9A-Z]{5}$/.test(code)
  if (code === '25006')
    return new ActionError('client', `${message}. Only reading is allowed unless the step says write: true.`)
  const kind = isSqlState && !passing.test(code) ? 'client' : 'server'
  return new ActionError(kind, `The query on ${name} failed: ${message}`, { cause: error })
}

async function run(
  { outbound, database }: SqlActionOptions,
  configuration: Configuration,
  context: ActionContext,
): Promise<ActionResult> {
  const name = demanded(configuration, 'database')
  const text = demanded(configuration, 'query')
  const item = database(name)
  if (item === undefined)
    throw new ActionError(
      'client',
      `There is no database ${name}: it is described by the configuration item sql-${name}.`,
    )
  const timeoutMs = timeoutOf(configuration, 'timeout', 30_000)
  const late = AbortSignal.timeout(timeoutMs + 1000)
  const signal = AbortSignal.any([context.signal, late])
  const query = {
    text,
    parameters: parametersOf(configuration),
    isReadOnly: !flagOf(configuration, 'write'),
    timeoutMs,
    rowsMax: rowsMaxOf(configuration),
    signal,
  }
  try {
    const answer = await askForeign(databaseOf(name, item), query, (host, port) =>
      outbound.connect({ protocol: 'postgresql', host, port, timeoutMs: 10_000, signal }),
    )
    context.log(`${name}: ${counted(answer.count, 'row')}${answer.isCut ? ', and there are more' : ''}\n`)
    return { output: outputOf(answer) }
  } catch (error) {
    throw failureOf(error, name, context, late.aborted)
  }
}

function check(configuration: Configuration): string[] {
  const literals = literalsOf(configuration)
  return [
    complaintOf(() => rowsMaxOf(literals)),
    complaintOf(() => flagOf(literals, 'write')),
    complaintOf(() => timeoutOf(literals, 'timeout', 1)),
    typeof configuration.query === 'string' && configuration.query.includes('{{')
      ? 'query must be literal: put values into parameters, so that they cannot become part of the query.'
      : undefined,
  ].filter((complaint) => complaint !== undefined)
}

const configuration: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['database', 'query'],
  properties: {
    database: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$|\\{\\{',
      description:
        'Which database: `reports` is described by the configuration item `sql-reports`, a postgresql:// URL or an object with host, port, database, user, password and sslmode.',
    },
    query: {
      type: 'string',
      minLength: 1,
      description: 'One statement; not templated. Values stand as `$1`, `$2`, … and come from `parameters`.',
    },
    parameters: {
      type: 'array',
      items: { type: ['string', 'number', 'boolean', 'null'] },
      description: 'The values, in order. Texts become what the query needs them to be.',
    },
    write: {
      type: ['boolean', 'string'],
      default: 'false',
      description: 'May change data; otherwise the transaction only reads.',
    },
    max_rows: {
      type: ['integer', 'string'],
      default: '1000',
      description: 'At most so many rows are read, 10,000 at the most.',
    },
    timeout: {
      type: 'string',
      default: '30s',
      description: 'How long the query may run; then it is cancelled.',
    },
  },
}

const output: JsonSchema = {
  type: 'object',
  required: ['rows', 'row_count', 'columns', 'truncated'],
  properties: {
    rows: {
      type: 'array',
      items: { type: 'object' },
      description: 'The rows, with their columns by name. Big and exact numbers are texts, bytes base64.',
    },
    row_count: { type: 'integer', description: 'How many rows were read, or changed.' },
    columns: { type: 'array', items: { type: 'string' }, description: 'Names of the columns, in order.' },
    truncated: { type: 'boolean', description: 'There are more rows than `max_rows`.' },
  },
}

/** Asks a PostgreSQL database that an administrator has described. */
export function sqlAction(options: SqlActionOptions): Action<Configuration> {
  return {
    type: 'sql',
    description:
      'Asks a PostgreSQL database that an administrator has described, in one transaction that only reads unless the step says otherwise. A faulty query is a client error, a server in trouble a server error, which is tried again.',
    configuration,
    output,
    example: {
      database: 'reports',
      query: 'table price_of_product limit $1',
      parameters: ['{{.input.count}}'],
      max_rows: 100,
    },
    idempotent: (given) => !flagOf(given, 'write'),
    resources: ({ database }) => ['socket', `sql:${String(database)}`],
    check,
    run: (given, context) => run(options, given, context),
  }
}
