import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import type { LogLevel } from './config.ts'

export type Logger = PinoLogger

export interface LogOptions {
  readonly level: LogLevel
  /** `json` is a line of JSON for each entry; `pretty` is for a person at a terminal. */
  readonly format: 'json' | 'pretty'
}

/** Never written, wherever in an entry they stand. */
const secretFields = ['password', 'token', 'authorization', 'cookie', 'secret']
const redact = { paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '***' }

const levelWords: Record<number, string> = { 20: 'debug', 30: 'info ', 40: 'warn ', 50: 'error', 60: 'fatal' }

function prettyValue(value: unknown): string {
  return typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value)
}

/** One entry as a person reads it: time of day, level, message, then the fields; the stack of an error below. */
export function prettyLine(json: string): string {
  const { level, time, msg, err, pid, hostname, ...fields } = JSON.parse(json)
  const clock = new Date(time).toTimeString().slice(0, 8)
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${prettyValue(value)}`)
  const stack = err?.stack === undefined ? '' : `\n${err.stack}`
  return `${clock} ${levelWords[level] ?? level} ${msg ?? ''}${rest.join('')}${stack}\n`
}

/** Entries go to `out`, by default to standard output. Field `err` carries an error with its causes. */
export function createLog(options: LogOptions, out: DestinationStream = process.stdout): Logger {
  const destination =
    options.format === 'json' ? out : { write: (json: string) => out.write(prettyLine(json)) }
  return pino({ level: options.level, base: undefined, redact }, destination)
}
