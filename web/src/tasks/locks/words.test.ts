import { expect, it } from 'vitest'
import { modeText, positionText } from './words.ts'

it('tells how a resource is wanted', () => {
  expect(modeText('EXCLUSIVE', null)).toBe('exclusive')
  expect(modeText('SHARED', 'reboot')).toBe('shared for reboot')
  expect(modeText(null, null)).toBe('only named')
})

it('tells the place in a queue', () => {
  expect([1, 2, 3, 4, 11, 22].map(positionText)).toEqual([
    'next in line',
    '2nd in line',
    '3rd in line',
    '4th in line',
    '11th in line',
    '22nd in line',
  ])
})
