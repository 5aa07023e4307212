import type { RetryPattern } from '@stint/schema/template-types'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** µTask's curves; `n` is the number of tries so far (from 1). `hours` ramps as its manual says, not clamped to one hour. */
const curves: Record<RetryPattern, (n: number) => number> = {
  seconds: (n) => Math.min(600_000, 8_000 * 1.25 ** n),
  minutes: (n) => Math.min(30 * minuteMs, 1.6 * minuteMs * n),
  hours: (n) => Math.min(3 * hourMs, hourMs + 10 * minuteMs * (n - 1)),
}

/**
 * Milliseconds until the next try of a step after its `tries`-th one, with ±10 % jitter so that a thousand steps that
 * failed together do not come back together. `random` is in [0, 1).
 */
export function retryDelayMs(pattern: RetryPattern, tries: number, random: number): number {
  return Math.round(curves[pattern](Math.max(1, tries)) * (0.9 + random * 0.2))
}

/** µTask reads 0, and nothing, as 10,000; its templates read that number too. */
export function retriesOf(maxRetries: number): number {
  return maxRetries === 0 ? 10_000 : maxRetries
}

/** Retries after the first try; a negative number is "without end". */
export function mayRetry(maxRetries: number, tries: number): boolean {
  return maxRetries < 0 || tries <= retriesOf(maxRetries)
}
