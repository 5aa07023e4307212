import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

/** The value that `share` of all are not above; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

/** `p50 1.2 · p99 3.4` in milliseconds. */
export function spread(values: readonly number[]): { p50: number; p99: number } {
  return { p50: rounded(percentile(values, 0.5), 2), p99: rounded(percentile(values, 0.99), 2) }
}

/** One table for one question; a row each, named. */
export function printTable(question: string, rows: Readonly<Record<string, object>>): void {
  console.log(`\n${question}`)
  console.table(rows)
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      cwd: import.meta.dirname,
    }).trim()
  } catch {
    return 'no commit'
  }
}

export function printMachine(): void {
  const [cpu] = cpus()
  console.log(
    `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}, ${commit()}`,
  )
}
