import { expect, test } from 'vitest'
import { isTemplated, parseText } from './parse.ts'
import { referencesOf } from './references.ts'
import { TextSyntaxError } from './tokens.ts'

function failure(text: string): string {
  try {
    parseText(text)
  } catch (error) {
    if (error instanceof TextSyntaxError) return `${error.offset}: ${error.message}`
    throw error
  }
  return 'accepted'
}

test('a text without a handle is a single literal', () => {
  expect(isTemplated('plain { text }')).toBe(false)
  expect(parseText('plain { text }').nodes).toEqual([
    { type: 'literal', text: 'plain { text }', start: 0, end: 14 },
  ])
})

test.each([
  ['a {{- .x -}} b', ['a', '.x', 'b']],
  ['a {{-3}}', ['a ', '-3']],
  ['{{/* note */}}a{{- /* note */ -}} b', ['a', 'b']],
  ['{{"}}"}}', ['"}}"']],
])('%s is cut as Go cuts it', (text, expected) => {
  const seen = parseText(text).nodes.map((node) => {
    if (node.type === 'literal') return node.text
    return node.type === 'action' ? text.slice(node.pipe.start, node.pipe.end) : node.type
  })
  expect(seen).toEqual(expected)
})

test.each([
  ['{{.a', '0: this handle is not closed: "}}" is missing'],
  ['x {{}}', '2: this handle is empty'],
  ['{{if .a}}x', '0: this if is not closed: "{{end}}" is missing'],
  ['x{{end}}', '1: this handle closes nothing: no if, with, range or block is open'],
  ['{{.a | }}', '7: a value or a function is missing'],
  ['{{.a .b}}', '5: only a function takes arguments'],
  ['{{.a | .b}}', '7: after "|" a function must follow'],
  ['{{"a}}', '2: this quoted text is not closed: " is missing'],
  ['{{break}}', '0: break stands outside of a range'],
  ['{{$x}}', '2: $x is not declared here'],
  ['{{range .l}}{{$x := .}}{{end}}{{$x}}', '32: $x is not declared here'],
  ['{{(print 1}}', '10: ")" is missing'],
  ['{{"\\q"}}', '3: unknown escape \\q'],
  ['{{12a}}', '2: this is not a number'],
])('%s is refused with its place', (text, expected) => {
  expect(failure(text)).toBe(expected)
})

test('a name with a hyphen is refused with the way to write it', () => {
  expect(failure('{{.step.my-step.output}}')).toContain('field "step" "my-…"')
})

test('nesting that could exhaust the stack is refused', () => {
  expect(failure('{{if 1}}'.repeat(1000))).toContain('nested too deeply')
  expect(failure(`{{${'('.repeat(10_000)}1${')'.repeat(10_000)}}}`)).toContain('nested too deeply')
})

test.each([
  ['{{.step.a.output.id}}', ['step.a.output.id']],
  ['{{.a}} and {{.b | default .c}}', ['a', 'b', 'c']],
  ['{{if .a}}{{.b}}{{else if .c}}{{.d}}{{else}}{{.e}}{{end}}', ['a', 'b', 'c', 'd', 'e']],
  ['{{with .step.a.output}}{{.id}}{{$.input.x}}{{end}}', ['step.a.output', 'step.a.output.id', 'input.x']],
  ['{{range .input.l}}{{.id}}{{$.input.x}}{{end}}', ['input.l', 'input.x']],
  ['{{field "step" "my-step" "output"}}', ['step.my-step.output']],
  ['{{(index .step "my-step").output}}', ['step', 'step.my-step', 'step.my-step.output']],
  ['{{.step | fieldFrom "my-step" "output"}}', ['step', 'step.my-step.output']],
  ['{{$s := .step.a}}{{$s.output.x}}', ['step.a', 'step.a.output.x']],
  ['{{index .step .input.name "output"}}', ['step', 'input.name']],
  ['{{toJson .}}', ['']],
  ['{{define "d"}}{{.x}}{{end}}{{template "d" .input}}', ['input']],
])('%s reads its paths', (text, expected) => {
  expect(referencesOf(parseText(text)).paths.map((reference) => reference.path.join('.'))).toEqual(expected)
})

test('calls and comparisons carry their literal texts', () => {
  const references = referencesOf(parseText('{{if eq .step.a.state "DONE"}}{{eval "v" | upper}}{{end}}'))
  expect(references.comparisons).toMatchObject([{ path: ['step', 'a', 'state'], text: 'DONE' }])
  expect(references.calls.map((call) => [call.name, ...call.arguments])).toEqual([
    ['eq', undefined, 'DONE'],
    ['eval', 'v'],
    ['upper', undefined],
  ])
})
