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

/** A slip of the pen changes this many letters at most; longer names are not compared. */
const editsMax = 3
const comparedLengthMax = 100

/** The end of a sentence: `; did you mean "steps"?` with the known name that was probably meant, or the full stop. */
export function suggestion(name: string, known: Iterable<string>): string {
  if (name.length > comparedLengthMax) return '.'
  const wanted = name.toLowerCase()
  let best: string | undefined
  // Two letters that changed places are two edits.
  let limit = name.length < 4 ? 1 : name.length < 9 ? 2 : editsMax
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > limit) continue
    const distance = editDistance(wanted, candidate.toLowerCase(), limit)
    if (distance > limit) continue
    best = candidate
    limit = distance - 1
    if (limit < 0) break
  }
  return best === undefined ? '.' : `; did you mean "${best}"?`
}

/** Only the cells near the diagonal can stay within the limit, so only they are looked at; beyond it any larger number. */
function editDistance(a: string, b: string, limit: number): number {
  const beyond = limit + 1
  let previous = Array.from({ length: b.length + 1 }, (_, j) => (j <= limit ? j : beyond))
  for (let i = 1; i <= a.length; i++) {
    const row = new Array<number>(b.length + 1).fill(beyond)
    if (i <= limit) row[0] = i
    let least = row[0] as number
    for (let j = Math.max(1, i - limit); j <= Math.min(b.length, i + limit); j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(replaced, (previous[j] as number) + 1, (row[j - 1] as number) + 1)
      least = Math.min(least, row[j] as number)
    }
    if (least > limit) return beyond
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
