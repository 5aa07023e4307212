import { systemClock } from '../../base/clock.ts'
import { CliError, exitCodes, usageError } from '../exit.ts'
import { Connection } from '../server/connection.ts'
import { Settings } from '../settings.ts'
import { type Column, factLines, tableLines } from './table.ts'
import { type Colour, coloured } from './text.ts'

export type Format = 'table' | 'json'

/** Options that every command takes. */
export interface CommonOptions {
  readonly url?: string
  readonly output?: Format
}

/** What a command works with: the server, and where it writes. */
export class Terminal {
  readonly format: Format
  readonly settings: Settings
  readonly #url: string | undefined
  #connection: Connection | undefined

  constructor(options: CommonOptions, settings: Settings = new Settings()) {
    this.format = options.output ?? 'table'
    this.settings = settings
    this.#url = options.url
  }

  get isJson(): boolean {
    return this.format === 'json'
  }

  get nowMs(): number {
    return systemClock.now().getTime()
  }

  get url(): string {
    return this.settings.url(this.#url)
  }

  /** Throws when nobody has signed in; the server would only say the same later. */
  get connection(): Connection {
    this.#connection ??= new Connection(this.url, { token: this.settings.token(this.url) })
    if (!this.#connection.isAnonymous) return this.#connection
    throw new CliError(`You are not signed in to ${this.url}.`, {
      hint: 'stint login, or hand in a token: STINT_TOKEN=…',
      code: 'unauthenticated',
    })
  }

  /** Columns of the terminal; undefined when standard output is none, then nothing is cut off. */
  get width(): number | undefined {
    return process.stdout.isTTY ? process.stdout.columns : undefined
  }

  print(text: string): void {
    process.stdout.write(`${text}\n`)
  }

  printJson(value: unknown): void {
    this.print(JSON.stringify(value, undefined, process.stdout.isTTY ? 2 : undefined))
  }

  /** For people beside the result: progress, hints. Never mixed with what a script reads. */
  note(text: string): void {
    process.stderr.write(`${coloured(text, 'gray', process.stderr)}\n`)
  }

  printTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): void {
    if (rows.length === 0) this.note(empty)
    else {
      const paint = (text: string) => coloured(text, 'bold')
      for (const line of tableLines(rows, columns, this.width, paint)) this.print(line)
    }
  }

  printFacts(facts: readonly (readonly [string, string | undefined])[]): void {
    for (const line of factLines(facts, (name) => coloured(name, 'gray'))) this.print(line)
  }
}

/** Colours of states and results, as the page has them; the word always stands beside. */
const stateColours: Record<string, Colour> = {
  running: 'blue',
  pending: 'magenta',
  scheduled: 'cyan',
  paused: 'yellow',
  success: 'green',
  warning: 'yellow',
  error: 'red',
  cancelled: 'gray',
}

export function paintState(word: string, text: string = word): string {
  const colour = stateColours[word]
  return colour === undefined ? text : coloured(text, colour)
}

/** A whole number from an option, within bounds. */
export function countOption(name: string, min: number, max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw usageError(`${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}.`)
  }
}

/** Prints how a command failed; gives the exit code. */
export function reportFailure(error: unknown): number {
  const paint = (text: string, colour: Colour) => coloured(text, colour, process.stderr)
  if (!(error instanceof CliError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`${paint('This is a fault of stint itself:', 'red')} ${text}\n`)
    return exitCodes.error
  }
  process.stderr.write(`${paint('error:', 'red')} ${error.message}\n`)
  if (error.hint !== undefined) process.stderr.write(`${paint(error.hint, 'gray')}\n`)
  return error.exitCode
}
