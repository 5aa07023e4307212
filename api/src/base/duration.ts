const unitMs: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/y

/**
 * Milliseconds of a duration as Go writes them (`30s`, `1h15m`, `1.5h`, `250ms`, `0`), and `d` for 24 hours.
 * Undefined for anything else, a bare number and a negative duration included.
 */
export function durationMs(text: string): number | undefined {
  if (text === '0') return 0
  let total = 0
  part.lastIndex = 0
  while (part.lastIndex < text.length) {
    const [, amount, unit] = part.exec(text) ?? []
    if (amount === undefined || unit === undefined) return undefined
    total += Number(amount) * (unitMs[unit] as number)
  }
  return text === '' || !Number.isFinite(total) ? undefined : total
}

/** The same the other way, as Go prints it: `1m30s`, `2.5s`, `350ms`. Whole microseconds at most. */
export function durationText(ms: number): string {
  if (ms < 1) return ms <= 0 ? '0s' : `${Math.round(ms * 1000)}µs`
  if (ms < 1000) return `${Math.round(ms * 1000) / 1000}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = Math.round((ms % 60_000) * 1000) / 1_000_000
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`
}
