import { expect, it } from 'vitest'
import { detailsText, shortId } from './details.ts'

it('shortens a UUID to the part that tells two apart', () => {
  expect(shortId('01a1f841-a57a-7043-ca0a-de030505d03b')).toBe('…0505d03b')
  expect(shortId('report_timeout')).toBe('report_timeout')
})

it('tells details in one line', () => {
  expect(detailsText({ to: [1], from: 24, note: '', gone: null })).toBe('from: 24 · to: 1')
  expect(detailsText({ digest: '0123456789abcdef'.repeat(4) })).toBe('digest: 0123456789ab…')
  expect(detailsText({ expiresAt: '2026-12-20', to: { url: 'http://a.example', max_tries: 3 } })).toBe(
    'expires at: 2026-12-20 · to: url http://a.example, max tries 3',
  )
  expect(detailsText(null)).toBe('')
})
