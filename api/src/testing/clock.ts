import type { Clock } from '../base/clock.ts'

export interface TestClock extends Clock {
  /** Moves both kinds of time forward. */
  advance(ms: number): void
}

/** Stands still until it is moved. */
export function testClock(start = new Date('2026-11-20T12:00:00Z')): TestClock {
  let passedMs = 0
  return {
    now: () => new Date(start.getTime() + passedMs),
    monotonicMs: () => passedMs,
    advance: (ms) => {
      passedMs += ms
    },
  }
}
