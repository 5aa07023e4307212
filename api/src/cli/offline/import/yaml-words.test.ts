import { expect, it, test } from 'vitest'
import { rewriteOldWords, wordsInWords } from './yaml-words.ts'

const before = `# yes, this stays; off: too
name: on-call   # on
auto_runnable: yes # yes
tags: {answer: no, "quoted": "no", 'n': 'off', !!str y: !!str no}
steps:
  a:
    action: &action
      type: echo
      configuration:
        output: [Yes, off, 'on', yes please, y, N, tRue, 0755, -010, 0b101, 1_000, 0x1F, 09, 12, 1.5, 2020-01-02, 1_2.5]
        text: |
          yes
          no
      no: y
    conditions:
      - if: [{value: '{{.input.sure}}', operator: EQ, expected: yes}]
  b: {action: *action}
`

test('only words without quotes that YAML 1.1 reads otherwise are written anew', () => {
  const { text, words } = rewriteOldWords(before)
  expect(text).toBe(
    before
      .replace('auto_runnable: yes', 'auto_runnable: true')
      .replace('{answer: no,', '{answer: false,')
      .replace(
        "[Yes, off, 'on', yes please, y, N, tRue, 0755, -010, 0b101, 1_000, 0x1F, 09, 12, 1.5, 2020-01-02, 1_2.5]",
        "[true, false, 'on', yes please, true, false, tRue, 493, -8, 5, 1000, 0x1F, 09, 12, 1.5, 2020-01-02, 12.5]",
      )
      .replace('      no: y\n', '      false: true\n')
      .replace('expected: yes}', 'expected: true}'),
  )
  expect(wordsInWords(words)).toContain('yes is true (line 3, 16)')
  expect(rewriteOldWords(text).words).toEqual([])
})

it.each([
  ['a text without such words', 'a: true\r\nb: "yes"\r\n'],
  ['a text that is no YAML', 'a: [yes\n'],
  ['nothing', ''],
])('%s stays as it is, to the byte', (_, text) => {
  expect(rewriteOldWords(text)).toEqual({ text, words: [] })
})

test('line ends and marks of other systems stay', () => {
  expect(rewriteOldWords('\uFEFFa: yes\r\nb: {on: off}\r\n').text).toBe(
    '\uFEFFa: true\r\nb: {true: false}\r\n',
  )
})
