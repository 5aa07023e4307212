import { describe, expect, it } from 'vitest'
import { keptBy } from './kept.ts'

const endedAt = new Date('2026-11-01T12:00:00Z')
const now = new Date('2026-11-10T12:00:00Z')
const over = { parentId: null, endedAt, keepSeconds: null }
const day = 86_400

describe('how long a task is kept', () => {
  it.each([
    ['forever', over, null, /^For ever: the setting/],
    ['30d', over, '2026-12-01T12:00:00Z', /^For 30 days since it ended: the setting/],
    ['36h', over, '2026-11-03T00:00:00Z', /^Its time is over: the next clean-up/],
    [
      'forever',
      { ...over, keepSeconds: 10 * day },
      '2026-11-11T12:00:00Z',
      /^For 10 days since it ended: its template/,
    ],
    ['30d', { ...over, keepSeconds: 1.5 * day }, '2026-11-03T00:00:00Z', /^Its time is over/],
    ['36h', { ...over, endedAt: null }, null, /^For 36 hours once it is over: the setting/],
    ['1h', { ...over, endedAt: null, keepSeconds: day }, null, /^For 1 day once it is over: its template/],
    ['1h', { ...over, parentId: 'p', keepSeconds: day }, null, /^As long as the task that it is a part of/],
  ])('by %s and %o is told in words', (keep_tasks_for, task, until, words) => {
    const kept = keptBy({ keep_tasks_for }, task, now)
    expect(kept.until).toEqual(until === null ? null : new Date(until))
    expect(kept.sentence).toMatch(words)
  })
})
