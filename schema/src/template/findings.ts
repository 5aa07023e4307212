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
  | 'unknown-base-configuration'
  | 'missing-argument'
  | 'action-configuration'
  | 'skip-without-this'
  | 'condition-target'
  | 'not-a-number'
  | 'number-precision'

/** More than this helps nobody. */
const findingsMax = 200

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
    if (this.#list.length >= findingsMax || this.#seen.has(key)) return
    this.#seen.add(key)
    const { line, col } = this.#lines.linePos(offset)
    // An empty document has no line starts.
    this.#list.push({ line: line || 1, column: col || 1, severity, code, path, message })
  }

  get hasErrors(): boolean {
    return this.#list.some((finding) => finding.severity === 'error')
  }

  /** In the order of the text. */
  sorted(): Finding[] {
    return this.#list.toSorted((a, b) => a.line - b.line || a.column - b.column)
  }
}

/** The end of a sentence: `; did you mean "steps"?` with the known name that was probably meant, or the full stop. */
export function suggestion(name: string, known: Iterable<string>): string {
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best === undefined ? '.' : `; did you mean "${best}"?`
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, (previous[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    previous = row
  }
  return previous[b.length] as number
}

/** `steps.a` + `b` → `steps.a.b`; names that are no plain words are quoted. */
export function pathOf(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`
  if (!/^[\w$-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`
  return parent === '' ? key : `${parent}.${key}`
}
