import { describe, expect, it } from 'vitest'
import { durationText } from './duration.ts'

describe('a duration', () => {
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
