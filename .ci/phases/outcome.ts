/** What one runner found. */
export interface Outcome {
  readonly passed: number
  /** A name for everything that failed. */
  readonly failed: readonly string[]
  readonly skipped: readonly string[]
}

export function outcomeOf(outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((total, { passed }) => total + passed, 0),
    failed: outcomes.flatMap(({ failed }) => failed),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
  }
}
