import { parseJson } from '../../base/exact-json.ts'
import type { PrintedText } from './program-printed.ts'
import { outputModes, scriptOutput } from './script-output.ts'

/** Beyond what scripts have: a program that was not written for us prints text, lines or any JSON. */
export const execOutputModes = ['text', 'lines', 'json', ...outputModes] as const
export type ExecOutputMode = (typeof execOutputModes)[number]

/** `complaint` says why the output is not what the mode promises; what was printed is kept as text then. */
export interface ExecOutput {
  readonly output: unknown
  readonly complaint?: string
}

function jsonOf(text: string): ExecOutput {
  if (text.trim() === '') return { output: null }
  try {
    return { output: parseJson(text) }
  } catch (error) {
    return { output: text, complaint: `Its standard output is no JSON: ${(error as Error).message}` }
  }
}

/** Without the line ends at the end, as a shell's `$(…)` reads it. */
const trimmed = (text: string) => text.replace(/[\r\n]+$/, '')

export function execOutput(
  mode: ExecOutputMode,
  delimiters: readonly string[],
  printed: PrintedText,
): ExecOutput {
  if (mode === 'text') return { output: trimmed(printed.stdout) }
  if (mode === 'json') return jsonOf(printed.stdout)
  if (mode !== 'lines') return scriptOutput(mode, delimiters, printed)
  const text = trimmed(printed.stdout)
  return { output: text === '' ? [] : text.split(/\r?\n/) }
}
