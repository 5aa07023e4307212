import { describe, expect, it } from 'vitest'
import { segmentsOf, type TimedStep, ticksOf } from './timeline.ts'

const begin = Date.UTC(2026, 0, 1)
const at = (seconds: number) => new Date(begin + seconds * 1000).toISOString()
const step = (change: Partial<TimedStep>): TimedStep => ({
  no: 0,
  name: 'a',
  state: 'DONE',
  startedAt: at(0),
  endedAt: at(1),
  dueAt: null,
  dependencies: [],
  itemStates: [],
  attempts: [],
  ...change,
})
const drawn = (one: TimedStep, others: TimedStep[] = [], now = 100) =>
  segmentsOf(one, new Map(others.map((other) => [other.name, other])), begin, begin + now * 1000).map(
    (segment) => [segment.kind, segment.tone, (segment.from - begin) / 1000, (segment.to - begin) / 1000],
  )

describe('the bar of a step', () => {
  it('is absent before it begins', () => {
    expect(drawn(step({ state: 'TODO', startedAt: null, endedAt: null }))).toEqual([])
  })

  it('shows the wait after what it depends on, not since the task began', () => {
    const before = step({ name: 'b', endedAt: at(10) })
    expect(drawn(step({ startedAt: at(12), endedAt: at(15), dependencies: ['b:DONE'] }), [before])).toEqual([
      ['waiting', 'idle', 10, 12],
      ['attempt', 'success', 12, 15],
    ])
  })

  it('of a loop that goes on though an item failed has the colour of the failure', () => {
    const itemStates = [
      { state: 'DONE', count: 9 },
      { state: 'CLIENT_ERROR', count: 1 },
    ]
    expect(drawn(step({ state: 'EXPANDED', endedAt: null, itemStates }), [], 7)).toEqual([
      ['attempt', 'error', 0, 7],
    ])
  })

  it('shows every try and the waits between them', () => {
    const attempts = [
      { no: 2, state: 'DONE', startedAt: at(9), endedAt: at(10) },
      { no: 1, state: 'SERVER_ERROR', startedAt: at(0), endedAt: at(4) },
    ]
    expect(drawn(step({ startedAt: at(9), endedAt: at(10), attempts }))).toEqual([
      ['attempt', 'error', 0, 4],
      ['retry-wait', 'waiting', 4, 9],
      ['attempt', 'success', 9, 10],
    ])
  })

  it('grows to now while it runs, also behind failed tries', () => {
    const attempts = [{ no: 1, state: 'SERVER_ERROR', startedAt: at(0), endedAt: at(4) }]
    expect(drawn(step({ state: 'RUNNING', startedAt: at(6), endedAt: null, attempts }), [], 20)).toEqual([
      ['attempt', 'error', 0, 4],
      ['retry-wait', 'waiting', 4, 6],
      ['attempt', 'running', 6, 20],
    ])
  })

  it('waits until now when a retry is due later', () => {
    const attempts = [{ no: 1, state: 'SERVER_ERROR', startedAt: at(0), endedAt: at(4) }]
    expect(drawn(step({ state: 'TO_RETRY', attempts }), [], 20).at(-1)).toEqual([
      'retry-wait',
      'waiting',
      4,
      20,
    ])
  })
})

it('makes a scale of round distances', () => {
  expect(ticksOf(60_000, 6)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000])
  expect(ticksOf(0, 6)).toEqual([0])
  expect(ticksOf(3 * 86_400_000, 6).length).toBeLessThanOrEqual(7)
})
