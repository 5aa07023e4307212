import { expect, it } from 'vitest'
import { detailsText, shortId } from './details.ts'

it('shortens a UUID to the part that tells two apart', () => {
  expect(shortId('01a1f841-a57a-7043-ca0a-de030505d03b')).toBe('…0505d03b')
  expect(shortId('report_timeout')).toBe('report_timeout')
})

it('tells details in one line', () => {
  expect(detailsText({ from: 24, to: [1], note: '', gone: null })).toBe('from: 24 · to: 1')
  expect(detailsText(null)).toBe('')
})
