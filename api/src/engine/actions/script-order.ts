import { type Configuration, textOf, wrong } from './configuration.ts'
import { delimitersOf, outputModeOf, type ProgramSettings, programSettingsOf } from './program-order.ts'
import { type OutputMode, outputModes } from './script-output.ts'

/** What a rendered configuration asks for. */
export interface ScriptOrder extends ProgramSettings {
  readonly path: string
  readonly mode: OutputMode
  readonly delimiters: readonly string[]
}

/** Throws what the readers throw; whether the script exists is looked up elsewhere. */
export function scriptOrderOf(configuration: Configuration): ScriptOrder {
  const path = textOf(configuration, 'file_path')
  if (path === undefined) throw wrong('file_path must be given.')
  const mode = outputModeOf(configuration, outputModes)
  return {
    ...programSettingsOf(configuration),
    path,
    mode,
    delimiters: delimitersOf(configuration, mode),
  }
}
