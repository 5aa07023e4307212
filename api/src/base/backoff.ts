export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
  /** Share of the delay that is left to chance, so that many that failed together do not return together. */
  readonly jitter?: number
}

/** Milliseconds before try number `tryNo` (1 = the first retry): doubles up to the maximum. `random` is in [0, 1). */
export function backoffMs(
  tryNo: number,
  { firstMs, maxMs, jitter = 0.5 }: Backoff,
  random = Math.random(),
): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(tryNo - 1, 30))
  return full * (1 - jitter * random)
}
