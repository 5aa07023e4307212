import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

test('the delay doubles up to its maximum and chance only shortens it', () => {
  const backoff = { firstMs: 100, maxMs: 1000 }
  expect([1, 2, 3, 4, 5, 500].map((no) => backoffMs(no, backoff, 0))).toEqual([
    100, 200, 400, 800, 1000, 1000,
  ])
  expect(backoffMs(1, backoff, 0.999)).toBeGreaterThanOrEqual(50)
})
