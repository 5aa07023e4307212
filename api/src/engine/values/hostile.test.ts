import { expect, test } from 'vitest'
import { ValueError } from './fault.ts'
import { renderText } from './template.ts'

const list = Array.from({ length: 1000 }, (_, i) => i)
const data = { input: { list, text: 'x'.repeat(100_000), deep: nested(20_000) } }

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
  ['a text of 10 MB', `{{range .input.list}}{{$.input.text}}{{end}}`],
])('%s ends in a clear error within two seconds', (_, text) => {
  const start = performance.now()
  expect(() => renderText(text, data)).toThrow(ValueError)
  expect(performance.now() - start).toBeLessThan(2000)
})

test('a pattern that would take for ever elsewhere answers at once', () => {
  const start = performance.now()
  expect(renderText('{{regexMatch "^(x+)+$" (print .input.text "y")}}', data)).toBe('false')
  expect(performance.now() - start).toBeLessThan(500)
})
