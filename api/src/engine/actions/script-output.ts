import { RE2JS } from 're2js'
import { parseJson } from '../../base/exact-json.ts'

export const outputModes = ['manual-lastline', 'manual-delimiters', 'disabled'] as const
export type OutputMode = (typeof outputModes)[number]

export interface ScriptOutput {
  readonly output: Record<string, unknown>
  /** Why there is no output although the script printed something where it should be. */
  readonly complaint?: string
}

/** The end of a long text: what a script says last decides, and its beginning is in the log. */
export class Tail {
  readonly #charsMax: number
  #parts: string[] = []
  #length = 0
  #dropped = false

  constructor(charsMax: number) {
    this.#charsMax = charsMax
  }

  push(text: string): void {
    this.#parts.push(text)
    this.#length += text.length
    // Twice the length before cutting, so that many small pieces are not copied for each one.
    if (this.#length > 2 * this.#charsMax) this.#cut()
  }

  get text(): string {
    if (this.#length > this.#charsMax) this.#cut()
    const text = this.#parts.join('')
    return this.#dropped ? `… (only the end is kept)\n${text}` : text
  }

  #cut(): void {
    const text = this.#parts.join('').slice(-this.#charsMax)
    this.#parts = [text]
    this.#length = text.length
    this.#dropped = true
  }
}

/** The last line that holds anything. */
export function lastLine(text: string): string {
  const trimmed = text.trimEnd()
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1).trim()
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = parseJson(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** In linear time, because authors of templates write it. Greedy like µTask's: between the last start and the last end. */
export function delimiterPattern(start: string, end: string): RE2JS {
  // Each alone first: two halves of a group would be an expression together.
  for (const part of [start, end]) RE2JS.compile(part)
  return RE2JS.compile(`^.*(?:${start})(.*)(?:${end}).*$`, RE2JS.DOTALL)
}

function fromLastLine(stdout: string, both: string): ScriptOutput {
  const line = lastLine(stdout)
  // µTask reads one mixed stream; here a warning on stderr does not hide what stdout ended with.
  const output = objectIn(line) ?? objectIn(lastLine(both))
  if (output !== undefined || line === '') return { output: output ?? {} }
  return { output: {}, complaint: 'The last line of its output is no JSON object.' }
}

function fromDelimiters([start = '', end = '']: readonly string[], both: string): ScriptOutput {
  const matcher = delimiterPattern(start, end).matcher(both)
  if (!matcher.find()) return { output: {} }
  // The groups of the delimiters themselves come before and after ours.
  const groups = RE2JS.compile(start).groupCount()
  const output = objectIn(matcher.group(groups + 1) ?? '')
  return output === undefined
    ? { output: {}, complaint: 'What stands between the delimiters is no JSON object.' }
    : { output }
}

/** What a script returns, from what it printed. Nothing printed is an empty object. */
export function scriptOutput(
  mode: OutputMode,
  delimiters: readonly string[],
  printed: { readonly stdout: string; readonly both: string },
): ScriptOutput {
  if (mode === 'disabled') return { output: {} }
  if (mode === 'manual-delimiters') return fromDelimiters(delimiters, printed.both)
  return fromLastLine(printed.stdout, printed.both)
}

const codePattern = /^(\d{1,3})(?:-(\d{1,3}))?$/

/** `3` or `10-20` as its first and last number; undefined for anything else, 0 and empty ranges included. */
export function exitCodeRange(text: string): readonly [number, number] | undefined {
  const [, first, last = first] = codePattern.exec(text.trim()) ?? []
  const range = [Number(first), Number(last)] as const
  return first !== undefined && range[0] > 0 && range[1] >= range[0] ? range : undefined
}
