import { expect, it } from 'vitest'
import { ansiRuns, plainText } from './ansi.ts'

it('gives coloured text a class and returns to plain', () => {
  expect(ansiRuns('a \u001b[1;31mbad\u001b[0m b')).toEqual([
    { text: 'a ', className: '' },
    { text: 'bad', className: 'st-ansi-red st-ansi-bold' },
    { text: ' b', className: '' },
  ])
})

it('maps 256 and true colours to the sixteen that both themes can show', () => {
  expect(ansiRuns('\u001b[38;5;196mx')[0]?.className).toBe('st-ansi-red')
  expect(ansiRuns('\u001b[38;2;0;200;0mx')[0]?.className).toBe('st-ansi-green')
  expect(ansiRuns('\u001b[48;5;4mx')[0]?.className).toBe('st-ansi-on-blue')
})

it('drops what moves the cursor or sets a title', () => {
  expect(plainText('\u001b[2K\u001b[1Gdone\u001b]0;title\u0007!')).toBe('done!')
})

it('leaves text that only looks like a sequence alone', () => {
  expect(plainText('[31m is a colour')).toBe('[31m is a colour')
})
