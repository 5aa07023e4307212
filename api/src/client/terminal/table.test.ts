import { describe, expect, it } from 'vitest'
import { type Column, factLines, tableLines } from './table.ts'
import { widthOf } from './text.ts'

interface Row {
  readonly id: string
  readonly title: string
  readonly n: number
}

const columns: Column<Row>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'TITLE', value: ({ title }) => title, minWidth: 6 },
  { title: 'N', value: ({ n }) => String(n), align: 'right' },
]
const rows: Row[] = [
  { id: '1a2b3c4d', title: 'A rather long title that needs room', n: 5 },
  { id: 'ff', title: '日本語', n: 12345 },
]

describe('a table', () => {
  it('is as wide as it must be when nothing bounds it', () => {
    expect(tableLines(rows, columns, undefined)).toEqual([
      'ID        TITLE                                    N',
      '1a2b3c4d  A rather long title that needs room      5',
      'ff        日本語                               12345',
    ])
  })

  it.each([60, 40, 30, 25])('fits into %i columns, and cuts only what may be cut', (width) => {
    const lines = tableLines(rows, columns, width)
    expect(lines.map(widthOf).every((each) => each <= width)).toBe(true)
    expect(lines[1]).toContain('1a2b3c4d')
    expect(lines[2]).toContain('12345')
  })

  it('overflows rather than lose an id', () => {
    expect(tableLines(rows, columns, 10)[1]).toMatch(/^1a2b3c4d {2}A rat…/)
  })

  it('is not disturbed by what its values hold', () => {
    const hostile = [{ id: 'x', title: 'two\nlines \u001b[2J', n: 1 }]
    expect(tableLines(hostile, columns, undefined)).toHaveLength(2)
  })

  it('paints after fitting, so colours take no room', () => {
    const painted = columns.map((column) => ({
      ...column,
      paint: (text: string) => `\u001b[1m${text}\u001b[0m`,
    }))
    expect(tableLines(rows, painted, 40).map(widthOf)).toEqual(tableLines(rows, columns, 40).map(widthOf))
  })
})

it('facts stand under each other, absent ones nowhere', () => {
  expect(
    factLines([
      ['Id', '1'],
      ['Error', undefined],
      ['Title', 'a\nb'],
      ['Empty', ''],
    ]),
  ).toEqual(['Id     1', 'Title  a\n       b'])
})
