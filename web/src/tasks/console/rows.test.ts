import { expect, it } from 'vitest'
import { cellText, columnsOf, findRows, rowsOf } from './rows.ts'

it('takes one row, several or none', () => {
  expect(rowsOf({ id: 1 })).toEqual([{ id: 1 }])
  expect(rowsOf([{ id: 1 }, null])).toEqual([{ id: 1 }])
  expect(rowsOf(null)).toEqual([])
})

it('shows every column that some row has', () => {
  expect(columnsOf([{ a: 1 }, { b: 2, a: 3 }])).toEqual(['a', 'b'])
})

it('finds rows by any value', () => {
  const rows = [
    { state: 'RUNNING', no: 1 },
    { state: 'TODO', no: 12 },
  ]
  expect(findRows(rows, 'run')).toEqual([rows[0]])
  expect(findRows(rows, '12')).toEqual([rows[1]])
  expect(cellText({ a: null })).toBe('{"a":null}')
})
