import { expect, test } from 'vitest'
import { evaluateConditions } from '../template/conditions.ts'
import { ValueError } from './fault.ts'
import { renderDeep, renderText } from './template.ts'

const list = Array.from({ length: 1000 }, (_, i) => i)
const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, []]))
const data = {
  input: { list, text: 'x'.repeat(100_000), long: 'x'.repeat(4_000_000), deep: nested(20_000), wide },
}

/** What this process has computed: unlike the clock on the wall it does not count what others do meanwhile. */
function cpuMs(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from)
  return (user + system) / 1000
}

function nested(depth: number): unknown {
  let value: unknown = 'x'
  for (let i = 0; i < depth; i++) value = [value]
  return value
}

test.each([
  [
    'nested loops without output',
    '{{range .input.list}}{{range $.input.list}}{{range $.input.list}}{{end}}{{end}}{{end}}',
  ],
  [
    'nested loops with output',
    '{{range .input.list}}{{range $.input.list}}{{range $.input.list}}xxxxxxxxxx{{end}}{{end}}{{end}}',
  ],
  ['a loop over a number', '{{range 10000000000}}{{end}}'],
  ['a huge list', '{{until 1000000000}}'],
  ['a huge sequence', '{{seq 1 1000000000}}'],
  ['a huge repetition', '{{repeat 1000000000 "x"}}'],
  ['a doubled text', `{{$x := .input.text}}${'{{$x = print $x $x}}'.repeat(40)}`],
  ['a doubled list', `{{$x := .input.list}}${'{{$x = concat $x $x}}'.repeat(40)}`],
  ['a doubled map', `{{$x := dict "a" 1}}${'{{$x = dict "a" $x "b" $x}}'.repeat(40)}{{$x}}`],
  ['a doubled map as JSON', `{{$x := dict "a" 1}}${'{{$x = dict "a" $x "b" $x}}'.repeat(40)}{{toJson $x}}`],
  [
    'a comparison of doubled maps',
    `{{$x := dict "a" 1}}{{$y := dict "a" 1}}${'{{$x = list $x $x}}{{$y = list $y $y}}'.repeat(40)}{{deepEqual $x $y}}`,
  ],
  ['a copy of a doubled map', `{{$x := dict "a" 1}}${'{{$x = list $x $x}}'.repeat(40)}{{deepCopy $x}}`],
  ['a wide number', '{{printf "%1000000000d" 1}}'],
  ['a wide replacement', '{{regexReplaceAll "x" .input.text .input.text}}'],
  ['a replacement that grows', '{{replace "x" .input.text .input.text}}'],
  ['an indentation without end', '{{indent 1000000000 "x"}}'],
  ['a wrap without end', '{{wrapWith 1 .input.text .input.text}}'],
  ['a template that calls itself', '{{define "t"}}{{template "t" .}}{{end}}{{template "t" .}}'],
  ['deep data in print', '{{.input.deep}}'],
  ['random text without end', '{{randAlpha 1000000000}}'],
  ['slow calls', '{{range .input.list}}{{$x := sha512sum $.input.long}}{{end}}'],
  ['large prints', '{{range .input.list}}{{$x := toString $.input.wide}}{{end}}'],
  ['all matches of a pattern that looks to the end', '{{regexFindAll "x.*y|x" .input.text -1}}'],
  ['a replacement of such a pattern', '{{regexReplaceAll "x.*y|x" .input.text "z"}}'],
  ['a split at such a pattern', '{{regexSplit "x.*y|x" .input.text -1}}'],
  ['many different numbers', '{{uniq (untilStep 0 100000 1)}}'],
  ['a text of 10 MB', `{{range .input.list}}{{$.input.text}}{{end}}`],
])('%s ends in a clear error after half a second of work', (_, text) => {
  const from = process.cpuUsage()
  expect(() => renderText(text, data)).toThrow(ValueError)
  expect(cpuMs(from)).toBeLessThan(1500)
})

test('a pattern that would take for ever elsewhere answers at once', () => {
  const from = process.cpuUsage()
  expect(renderText('{{regexMatch "^(x+)+$" (print .input.text "y")}}', data)).toBe('false')
  expect(cpuMs(from)).toBeLessThan(500)
})

test('many slow texts of one configuration, and many slow conditions, do not add up', () => {
  const slow = Array.from({ length: 10 }, (_, i) => ({ text: `{{range 1000000}}{{end}}${i}` }))
  const assertion = {
    value: '{{range 1000000}}{{end}}',
    operator: 'NE',
    expected: 'x',
    listSeparator: ',',
  } as const
  const condition = { type: 'check', if: [assertion], final: false, message: '', on: [] } as const
  const from = process.cpuUsage()
  const many = Array.from({ length: 100 }, (_, i) => ({ text: `{{range 10000000000}}{{end}}${i}` }))
  expect(() => renderDeep([slow, many], data)).toThrow('longer than 500 ms')
  // biome-ignore lint/suspicious/noThenProperty: the word of the template language
  const conditions = Array.from({ length: 100 }, () => ({ ...condition, then: {} }))
  expect(evaluateConditions(conditions, 'check', data).error).toContain('longer than 500 ms')
  expect(cpuMs(from)).toBeLessThan(4000)
})
