import { type Configuration, textMapOf, textOf, textsOf, timeoutOf, wrong } from './configuration.ts'
import { delimiterPattern, exitCodeRange, type OutputMode, outputModes } from './script-output.ts'

/** What a rendered configuration asks for. */
export interface ScriptOrder {
  readonly path: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly stdin: string | undefined
  readonly timeoutMs: number
  readonly mode: OutputMode
  readonly delimiters: readonly string[]
  readonly clientCodes: readonly (readonly [number, number])[]
}

function modeOf(configuration: Configuration): OutputMode {
  const text = textOf(configuration, 'output_mode') ?? 'manual-lastline'
  const mode = outputModes.find((each) => each === text)
  if (mode === undefined) throw wrong(`output_mode must be one of ${outputModes.join(', ')}.`)
  return mode
}

function delimitersOf(configuration: Configuration, mode: OutputMode): string[] {
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

function clientCodesOf(configuration: Configuration): (readonly [number, number])[] {
  return textsOf(configuration, 'exit_codes_unrecoverable').map((text) => {
    const range = exitCodeRange(text)
    if (range === undefined)
      throw wrong(`exit_codes_unrecoverable must hold codes such as 3 or 10-20, not ${text}.`)
    return range
  })
}

/** Throws what the readers throw; whether the script exists is looked up elsewhere. */
export function scriptOrderOf(configuration: Configuration): ScriptOrder {
  const path = textOf(configuration, 'file_path')
  if (path === undefined) throw wrong('file_path must be given.')
  const mode = modeOf(configuration)
  return {
    path,
    args: textsOf(configuration, 'argv'),
    environment: Object.fromEntries(textMapOf(configuration, 'environment')),
    stdin: textOf(configuration, 'stdin'),
    timeoutMs: timeoutOf(configuration, 'timeout', 120_000),
    mode,
    delimiters: delimitersOf(configuration, mode),
    clientCodes: clientCodesOf(configuration),
  }
}
