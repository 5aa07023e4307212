import { expect, test } from 'vitest'
import { cutPage, decodeCursor, encodeCursor, pageSize } from './page.ts'

test('a cursor comes back as the values it was made of', () => {
  const values = ['warning', 12.5, null, true, '0190-ü']
  expect(decodeCursor(encodeCursor(values), 5)).toEqual(values)
})

test.each(['', 'x', '!!', encodeCursor(['a']), Buffer.from('[{},1]').toString('base64url'), 'bnVsbA'])(
  'a cursor that was not made for this list is refused: %j',
  (cursor) => {
    expect(() => decodeCursor(cursor, 2)).toThrow(expect.objectContaining({ code: 'invalid-cursor' }))
  },
)

test('a page size outside of the bounds is refused and none means the default', () => {
  expect(pageSize(undefined)).toBe(25)
  expect(pageSize(100)).toBe(100)
  for (const wrong of [0, -1, 101, 1.5]) expect(() => pageSize(wrong)).toThrow(/1 to 100/)
})

test('the row beyond the page only says that there is more', () => {
  expect(cutPage([1, 2, 3], 2)).toEqual({ items: [1, 2], more: true })
  expect(cutPage([1, 2], 2)).toEqual({ items: [1, 2], more: false })
})
