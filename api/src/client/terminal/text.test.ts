import { describe, expect, it } from 'vitest'
import { agoText, enumOf, fitted, safeText, spanText, widthOf, wordOf } from './text.ts'

describe('text of others on a terminal', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007x', 'x'],
    ['\u001b]8;;http://evil.test\u0007link\u001b]8;;\u0007', 'link'],
    ['a\rb', 'a b'],
    ['a\bb\u0000c\u009bd', 'a\uFFFDb\uFFFDc\uFFFDd'],
    ['a\tb\nc', 'a  b c'],
    ['line\u2028separator', 'line\uFFFDseparator'],
  ])('%j is shown as %j', (text, shown) => expect(safeText(text)).toBe(shown))

  it('keeps its lines where lines are wanted', () => expect(safeText('a\r\nb', true)).toBe('a\nb'))
})

describe('the width of text', () => {
  it.each([
    ['abc', 3],
    ['äöü', 3],
    ['日本', 4],
    ['🎉', 2],
    ['e\u0301', 1],
    ['\u001b[1mbold\u001b[0m', 4],
  ])('of %j is %i columns', (text, width) => expect(widthOf(text)).toBe(width))

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 4, 'abc…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('makes %j fit into %i columns as %j', (text, width, shown) => expect(fitted(text, width)).toBe(shown))
})

describe('times', () => {
  it.each([
    [340, '0.3 s'],
    [9960, '10 s'],
    [59_000, '59 s'],
    [60_000, '1 min'],
    [250_000, '4 min 10 s'],
    [7_500_000, '2 h 5 min'],
    [200_000_000, '2 d 7 h'],
    [-5, '0 s'],
  ])('%i ms are %s', (ms, text) => expect(spanText(ms)).toBe(text))

  it('are told from now', () => {
    const now = Date.parse('2026-11-20T08:00:00Z')
    const at = (ms: number) => new Date(now + ms).toISOString()
    expect([null, at(-500), at(-90_000), at(90_000)].map((each) => agoText(each, now))).toEqual([
      '',
      'now',
      '1 min ago',
      'in 1 min 30 s',
    ])
  })
})

it('words of the API and of people are each other’s translation', () => {
  expect(['WAITING_UNTIL', 'STOPPED'].map(wordOf)).toEqual(['waiting-until', 'stopped'])
  expect(['waiting-until', 'task.view'].map(enumOf)).toEqual(['WAITING_UNTIL', 'TASK_VIEW'])
})
