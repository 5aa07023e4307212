import { describe, expect, it } from 'vitest'
import { durationText, elapsedMs, relativeText, scaleText, tickingText } from './time.ts'

const now = Date.UTC(2026, 10, 20, 12)
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()

describe('an instant, relative', () => {
  it('says how long ago or ahead it is, in the unit people would use', () => {
    expect(relativeText(at(-2), now)).toBe('just now')
    expect(relativeText(at(-42), now)).toBe('42 seconds ago')
    expect(relativeText(at(-200), now)).toBe('3 minutes ago')
    expect(relativeText(at(7200), now)).toBe('in 2 hours')
    expect(relativeText(at(-30 * 3600), now)).toBe('yesterday')
  })

  it('becomes a date after a week', () => {
    expect(relativeText(at(-30 * 86_400), now)).toBe('21 Oct 2026')
  })
})

describe('a duration', () => {
  it('has two units at most', () => {
    expect([12, 400, 9_940, 12_999, 200_000, 7_500_000, 300_000_000].map(durationText)).toEqual([
      '12 ms',
      '0.4 s',
      '9.9 s',
      '12 s',
      '3 min 20 s',
      '2 h 05 min',
      '3 d 11 h',
    ])
  })

  it('is never negative, whatever two clocks say', () => {
    expect(durationText(-5)).toBe('0 ms')
    expect(tickingText(-5)).toBe('0 s')
  })

  it('counts to now while it is open', () => {
    expect(elapsedMs(at(-5), null, now)).toBe(5000)
    expect(elapsedMs(at(-5), at(-1), now)).toBe(4000)
  })

  it('is short on a scale', () => {
    expect([30_000, 300_000, 7_200_000, 172_800_000].map(scaleText)).toEqual(['30 s', '5 min', '2 h', '2 d'])
  })
})
