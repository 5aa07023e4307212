const unitMs: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const durationPattern = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/
const partPattern = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g

/**
 * Milliseconds of a duration as Go writes it (`30s`, `1h30m`, `1.5m`), and days besides (`7d`).
 * Undefined for anything else, also for a bare number and for a negative one.
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim()
  if (trimmed === '0') return 0
  if (!durationPattern.test(trimmed)) return undefined
  let sum = 0
  for (const [, amount = '', unit = ''] of trimmed.matchAll(partPattern)) {
    sum += Number(amount) * (unitMs[unit] as number)
  }
  return sum
}
