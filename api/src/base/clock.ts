/** The only place that reads the time. Tests hand in a clock of their own. */
export interface Clock {
  /** Wall time. */
  now(): Date
  /** Milliseconds that only ever grow, unmoved by clock jumps; for durations and deadlines inside one process. */
  monotonicMs(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
}
