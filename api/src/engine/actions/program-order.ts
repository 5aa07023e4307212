import {
  type Configuration,
  notOneOf,
  textMapOf,
  textOf,
  textsOf,
  timeoutOf,
  wrong,
} from './configuration.ts'
import { delimiterPattern, exitCodeRange } from './script-output.ts'

/** What a rendered configuration says about running a program here, whichever program it is. */
export interface ProgramSettings {
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly stdin: string | undefined
  readonly timeoutMs: number
  readonly clientCodes: readonly ExitCodes[]
}

/** The first and the last of a range of exit codes. */
export type ExitCodes = readonly [number, number]

export function holds(ranges: readonly ExitCodes[], code: number): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last)
}

/** One of `modes`; the first when nothing is said. */
export function outputModeOf<M extends string>(configuration: Configuration, modes: readonly M[]): M {
  const text = textOf(configuration, 'output_mode') ?? modes[0] ?? ''
  const mode = modes.find((each) => each === text)
  if (mode === undefined) throw wrong(notOneOf('output_mode', modes, text))
  return mode
}

/** Two regular expressions that can be read; none unless the mode needs them. */
export function delimitersOf(configuration: Configuration, mode: string): string[] {
  const delimiters = textsOf(configuration, 'output_manual_delimiters')
  if (mode !== 'manual-delimiters') {
    if (delimiters.length > 0) throw wrong('output_manual_delimiters needs output_mode manual-delimiters.')
    return []
  }
  const [start, end] = delimiters
  if (start === undefined || end === undefined || delimiters.length > 2) {
    throw wrong('output_manual_delimiters must be two regular expressions.')
  }
  try {
    delimiterPattern(start, end)
  } catch (error) {
    throw wrong(`output_manual_delimiters must be two regular expressions: ${(error as Error).message}`)
  }
  return delimiters
}

export function exitCodesOf(configuration: Configuration, name: string): ExitCodes[] {
  return textsOf(configuration, name).map((text) => {
    const range = exitCodeRange(text)
    if (range === undefined) throw wrong(`${name} must hold codes such as 3 or 10-20, not ${text}.`)
    return range
  })
}

/** Throws what the readers throw. */
export function programSettingsOf(configuration: Configuration): ProgramSettings {
  return {
    args: textsOf(configuration, 'argv'),
    environment: Object.fromEntries(textMapOf(configuration, 'environment')),
    stdin: textOf(configuration, 'stdin'),
    timeoutMs: timeoutOf(configuration, 'timeout', 120_000),
    clientCodes: exitCodesOf(configuration, 'exit_codes_unrecoverable'),
  }
}
