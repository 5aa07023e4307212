/** Milliseconds as Go prints a duration: `1m30s`, `2.5s`, `350ms`, to the microsecond. Reading one is `parseDuration` of the schema. */
export function durationText(ms: number): string {
  if (ms < 1) return ms <= 0 ? '0s' : `${Math.round(ms * 1000)}µs`
  if (ms < 1000) return `${Math.round(ms * 1000) / 1000}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = Math.round((ms % 60_000) * 1000) / 1_000_000
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`
}
