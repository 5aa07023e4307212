import { describe, expect, it } from 'vitest'
import { durationMs, durationText } from './duration.ts'

describe('a duration', () => {
  it.each([
    ['30s', 30_000],
    ['2m', 120_000],
    ['1h15m30.5s', 4_530_500],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['250ms', 250],
    ['100us', 0.1],
    ['1d', 86_400_000],
    ['0', 0],
  ])('%s is %i ms', (text, ms) => expect(durationMs(text)).toBe(ms))

  it.each(['', '30', 's', '-5s', '5 s', '1x', '1s,', '1h30', 'Infinityh', '1e3s'])('is not %j', (text) => {
    expect(durationMs(text)).toBeUndefined()
  })

  it.each([
    [0, '0s'],
    [0.25, '250µs'],
    [350, '350ms'],
    [1.5, '1.5ms'],
    [2500, '2.5s'],
    [90_000, '1m30s'],
    [3_600_000, '1h0m0s'],
  ])('of %d ms is written %s', (ms, text) => expect(durationText(ms)).toBe(text))
})
