import { parseDuration } from '../duration.ts'
import type { Place } from './reader.ts'
import type { Reading } from './reading.ts'

/** A duration as Go writes it, in milliseconds. */
export function durationOf(reading: Reading, place: Place, what: string): number | undefined {
  const text = reading.reader.text(place, what)
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  const hint = /^\d+$/.test(text) ? `; did you mean "${text}s"?` : '.'
  reading.reader.fault(place, 'wrong-value', `${what} must be a duration such as 30s, 5m or 1h30m${hint}`)
  return undefined
}

const delayMaxMs = 20_000

/** µTask's execution_delay: whole nanoseconds up to 20 s; a duration with a unit is accepted too. */
export function executionDelayOf(reading: Reading, place: Place): number | undefined {
  const text = reading.reader.text(place, 'execution_delay')
  if (text === undefined) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) / 1e6 : parseDuration(text)
  if (ms === undefined) {
    reading.reader.fault(
      place,
      'wrong-value',
      'execution_delay must be a duration such as 10s (or whole nanoseconds, as µTask has it).',
    )
  } else if (ms > delayMaxMs) {
    reading.reader.fault(
      place,
      'out-of-range',
      'execution_delay may be 20s at most; use a wait step for more.',
    )
  }
  return ms
}
