import { expect, it } from 'vitest'
import { countText, statusRows } from './statusRows.ts'

const count = (state: string, result: string, number: number) =>
  ({ state, result, count: number, isCapped: false, latestAt: null }) as Parameters<
    typeof statusRows
  >[0][number]

it('lists what there is in the order of a task’s life', () => {
  const rows = statusRows([
    count('stopped', 'success', 3),
    count('running', 'pending', 1),
    count('stopped', 'error', 2),
    count('scheduled', 'pending', 0),
  ])
  expect(rows.map((row) => `${row.state}/${row.result}`)).toEqual([
    'running/pending',
    'stopped/success',
    'stopped/error',
  ])
})

it('marks what somebody should look at', () => {
  const rows = statusRows([
    count('paused', 'pending', 1),
    count('stopped', 'warning', 1),
    count('stopped', 'cancelled', 1),
  ])
  expect(rows.map((row) => row.isErroneous)).toEqual([true, true, false])
})

it('says when the server stopped counting', () => {
  expect(countText(10_000, true)).toBe('10,000+')
})
