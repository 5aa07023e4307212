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

/** Reused: a list of names is compared with many others, and new rows for each pair cost more than the comparison. */
let previousRow = new Uint8Array(comparedLengthMax + 2)
let currentRow = new Uint8Array(comparedLengthMax + 2)

/**
 * What both begin and end with is left out first; then only the cells near the diagonal can stay within the limit, so only they
 * are looked at. Beyond the limit it answers any larger number.
 */
function editDistance(a: string, b: string, limit: number): number {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let [m, n] = [a.length - start, b.length - start]
  while (m > 0 && n > 0 && a[start + m - 1] === b[start + n - 1]) {
    m--
    n--
  }
  if (m === 0 || n === 0) return Math.max(m, n)
  const beyond = limit + 1
  for (let j = 0; j <= n; j++) previousRow[j] = Math.min(j, beyond)
  for (let i = 1; i <= m; i++) {
    const [from, to] = [Math.max(1, i - limit), Math.min(n, i + limit)]
    currentRow[from - 1] = from === 1 ? Math.min(i, beyond) : beyond
    let least = currentRow[from - 1] as number
    for (let j = from; j <= to; j++) {
      const replaced = (previousRow[j - 1] as number) + (a[start + i - 1] === b[start + j - 1] ? 0 : 1)
      const cell = Math.min(
        replaced,
        (previousRow[j] as number) + 1,
        (currentRow[j - 1] as number) + 1,
        beyond,
      )
      currentRow[j] = cell
      if (cell < least) least = cell
    }
    if (least > limit) return beyond
    // The next row looks one cell further.
    if (to < n) currentRow[to + 1] = beyond
    ;[previousRow, currentRow] = [currentRow, previousRow]
  }
  return previousRow[n] as number
}

/** `steps.a` + `b` → `steps.a.b`; names that are no plain words are quoted. */
export function pathOf(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`
  if (!/^[\w$-]+$/.test(key)) return `${parent}[${JSON.stringify(key)}]`
  return parent === '' ? key : `${parent}.${key}`
}
