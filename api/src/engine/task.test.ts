import { taskStates } from '@stint/schema/words'
import { describe, expect, it } from 'vitest'
import { mayRetry, retryDelayMs } from './retry.ts'
import { isBlocked, isFinal, satisfies } from './step.ts'
import { canMove, resultOf } from './task.ts'

describe('a task', () => {
  it('moves only as the table says', () => {
    const moves = taskStates.flatMap((from) =>
      taskStates.filter((to) => canMove(from, undefined, to)).map((to) => `${from} → ${to}`),
    )
    expect(moves).toEqual([
      'scheduled → pending',
      'scheduled → paused',
      'scheduled → stopped',
      'pending → scheduled',
      'pending → running',
      'pending → paused',
      'pending → stopped',
      'running → scheduled',
      'running → pending',
      'running → paused',
      'running → stopped',
      'paused → scheduled',
      'paused → pending',
      'paused → stopped',
    ])
  })

  it('that is over comes back only from an unlock or a halt', () => {
    expect(canMove('stopped', 'unlocked', 'pending')).toBe(true)
    expect(canMove('stopped', 'halted', 'pending')).toBe(true)
    expect(canMove('stopped', 'cancelled', 'pending')).toBe(false)
    expect(canMove('stopped', 'unlocked', 'running')).toBe(false)
  })

  it.each([
    [undefined, ['DONE', 'PRUNE', 'CUSTOM'], 'success'],
    [undefined, [], 'success'],
    [undefined, ['DONE', 'SKIPPED'], 'warning'],
    [undefined, ['SKIPPED', 'FATAL_ERROR', 'DONE'], 'error'],
    [undefined, ['FATAL_ERROR', 'CANCELLED'], 'cancelled'],
    ['missed-deadline', ['TODO'], 'error'],
    ['dependency-failed', ['PRUNE'], 'error'],
    ['rejected', ['CANCELLED'], 'cancelled'],
    ['report-lost', ['DONE'], 'error'],
  ] as const)('stopped for %s with steps %j has the result %s', (reason, states, result) => {
    expect(resultOf(reason, states)).toBe(result)
  })
})

describe('a step', () => {
  it('is over when done, pruned, skipped, cancelled or in a custom state; a failure is not the end', () => {
    for (const state of ['DONE', 'PRUNE', 'SKIPPED', 'CANCELLED', 'MINE'])
      expect(isFinal(state, ['MINE'])).toBe(true)
    for (const state of ['CLIENT_ERROR', 'FATAL_ERROR', 'CRASHED']) {
      expect(isFinal(state, [])).toBe(false)
      expect(isBlocked(state)).toBe(true)
    }
  })

  it('satisfies what names its state, ANY, and DONE when it was skipped', () => {
    expect(satisfies('DONE', ['DONE'])).toBe(true)
    expect(satisfies('SKIPPED', ['DONE'])).toBe(true)
    expect(satisfies('PRUNE', ['ANY'])).toBe(true)
    expect(satisfies('PRUNE', ['DONE'])).toBe(false)
    expect(satisfies('NOT_FOUND', ['NOT_FOUND', 'DONE'])).toBe(true)
  })
})

describe('a retry', () => {
  const middle = 0.5
  it.each([
    ['seconds', [10, 12.5, 15.625], 600],
    ['minutes', [96, 192, 288], 1800],
    ['hours', [3600, 4200, 4800], 10_800],
  ] as const)('by %s follows its curve up to its cap', (pattern, first, cap) => {
    expect([1, 2, 3].map((n) => retryDelayMs(pattern, n, middle) / 1000)).toEqual(first)
    expect(retryDelayMs(pattern, 500, middle) / 1000).toBe(cap)
  })

  it('is spread by ten percent to either side', () => {
    expect(retryDelayMs('seconds', 1, 0)).toBe(9000)
    expect(retryDelayMs('seconds', 1, 0.999999)).toBe(11_000)
  })

  it.each([
    [1, 1, true],
    [1, 2, false],
    [0, 10_000, true],
    [0, 10_001, false],
    [-1, 1_000_000, true],
  ])('with max_retries %i after try %i is allowed: %s', (max, tries, allowed) => {
    expect(mayRetry(max, tries)).toBe(allowed)
  })
})
