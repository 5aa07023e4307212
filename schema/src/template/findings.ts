import type { LineCounter } from 'yaml'
import type { Finding } from './types.ts'

/** The kinds of fault; the words are stable, editors and scripts may rely on them. */
export type FindingCode =
  | 'yaml-syntax'
  | 'yaml-boolean'
  | 'too-large'
  | 'duplicate-key'
  | 'unknown-key'
  | 'run-time-key'
  | 'missing-key'
  | 'wrong-type'
  | 'wrong-length'
  | 'wrong-value'
  | 'out-of-range'
  | 'conflict'
  | 'reserved-name'
  | 'duplicate-name'
  | 'invalid-regex'
  | 'invalid-schema'
  | 'invalid-default'
  | 'invalid-expression'
  | 'unquoted-handle'
  | 'handle-syntax'
  | 'unknown-function'
  | 'refused-function'
  | 'misplaced-typed'
  | 'unknown-root'
  | 'unknown-input'
  | 'unknown-variable'
  | 'unknown-step'
  | 'unknown-step-field'
  | 'unknown-state'
  | 'unknown-task-field'
  | 'unknown-output'
  | 'unknown-config'
  | 'not-a-dependency'
  | 'no-step-here'
  | 'no-iterator'
  | 'cycle'
  | 'unknown-action'
  | 'unknown-template'
  | 'unknown-base-configuration'
  | 'missing-argument'
  | 'action-configuration'
  | 'skip-without-this'
  | 'condition-target'
  | 'not-a-number'
  | 'number-precision'

/** More errors than this help nobody; the reading ends there, since looking for what was meant costs time for each. */
const findingsMax = 200

/** There are so many errors that reading on is pointless. */
export class TooManyFindings extends Error {
  constructor() {
    super('too many findings')
    this.name = 'TooManyFindings'
  }
}

/** Collects what is wrong in one text, each at its line and column. */
export class Findings {
  readonly #lines: LineCounter
  readonly #list: Finding[] = []
  /** The same value may be read twice, for two questions. */
  readonly #seen = new Set<string>()

  constructor(lines: LineCounter) {
    this.#lines = lines
  }

  /** `offset` counts from the start of the document. */
  add(
    code: FindingCode,
    offset: number,
    path: string,
    message: string,
    severity: 'error' | 'warning' = 'error',
  ): void {
    const key = `${code} ${offset} ${message}`
    if (this.#seen.has(key)) return
    if (this.#list.length >= findingsMax) {
      if (severity === 'error') throw new TooManyFindings()
      return
    }
    this.#seen.add(key)
    this.#list.push({ ...this.positionOf(offset), severity, code, path, message })
  }

  positionOf(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset)
    // An empty document has no line starts.
    return { line: line || 1, column: col || 1 }
  }

  get hasErrors(): boolean {
    return this.#list.some((finding) => finding.severity === 'error')
  }

  /** In the order of the text. */
  sorted(): Finding[] {
    return this.#list.toSorted((a, b) => a.line - b.line || a.column - b.column)
  }
}

/** `steps.a` + `b` → `steps.a.b`; names that are no plain words are quoted. */
export function pathOf(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`
  if (!/^[\w$-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`
  return parent === '' ? key : `${parent}.${key}`
}
