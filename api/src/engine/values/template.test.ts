import { refusedFunctions, textFunctions } from '@stint/schema/text-functions'
import { expect, test } from 'vitest'
import { parseJson } from '../../base/exact-json.ts'
import { ValueError } from './fault.ts'
import { functionRegistry } from './registry.ts'
import { compile, type RenderOptions, render, renderDeep, renderText } from './template.ts'

const data = {
  input: parseJson(
    '{"n":3,"a":1,"zero":0,"name":"x","list":["a","b"],"obj":{"z":1,"a":{"k":[1,2]}},"empty":null,' +
      '"big":12345678912345678901,"price":1.50,"flag":true,"no":false,"none":"","nums":[10,9,100]}',
  ),
  step: { 'my-step': { output: { id: 7 } }, a: { state: 'DONE', output: {} } },
}

/** The text, or `error: …` with what went wrong. */
function rendered(text: string, options: RenderOptions = {}): string {
  try {
    return renderText(text, data, options)
  } catch (error) {
    if (error instanceof ValueError) return `error: ${error.message}`
    throw error
  }
}

// What Go's text/template makes of µTask's data, and where we want better (marked).
test.each([
  ['{{.input.nope}}', '<no value>'],
  ['{{.input.nope.a.b}}', '<no value>'],
  ['{{.input.n.foo}}', 'error'],
  ['{{.input.list.x}}', 'error'],
  ['{{.input.empty}}', '<no value>'],
  ['{{.input.empty.x}}', 'error'],
  ['{{.input.obj}}', 'map[a:map[k:[1 2]] z:1]'],
  ['{{.input.list}}', '[a b]'],
  ['{{index .input.nope "zz"}}', 'error'],
  ['{{len .input.nope}}', 'error'],
  ['{{range .input.a}}x{{end}}', 'error'],
  ['{{eq .input.a "1"}}', 'true'],
  // better: an error there, because its data numbers are texts
  ['{{eq .input.a 1}} {{lt .input.a 2}} {{eq 1 .input.a}}', 'true true true'],
  ['{{print .input.a 1 "s"}}', '11s'],
  // better: %!d(json.Number=1) there
  ['{{printf "%d" .input.a}}', '1'],
  ['{{if .input.zero}}yes{{else}}no{{end}} {{not .input.zero}}', 'yes false'],
  ['{{range $k, $v := .input.obj}}{{$k}};{{end}}', 'a;z;'],
  ['{{.input.big}} {{.input.price}}', '12345678912345678901 1.50'],
  ['{{range 3}}{{.}}{{end}}', '012'],
  ['{{int .input.n | add 1}} {{float64 .input.price}} {{default 5 .input.zero}}', '4 1.5 0'],
])('%s makes %s', (text, expected) => {
  const result = rendered(text)
  expect(result.startsWith('error') ? 'error' : result).toBe(expected)
})

test.each([
  ['{{if eq .input.name "x"}}a{{else if .input.flag}}b{{else}}c{{end}}', 'a'],
  ['{{with .input.obj.a}}{{.k}}{{else}}none{{end}}', '[1 2]'],
  ['{{with .input.nope}}x{{else with .input.name}}{{.}}{{end}}', 'x'],
  ['{{range $i, $e := .input.list}}{{if $i}}, {{end}}{{$e}}{{end}}', 'a, b'],
  ['{{range .input.nope}}x{{else}}empty{{end}}', 'empty'],
  ['{{range .input.list}}{{if eq . "b"}}{{break}}{{end}}{{.}}{{end}}', 'a'],
  ['{{range .input.list}}{{if eq . "a"}}{{continue}}{{end}}{{.}}{{end}}', 'b'],
  ['{{$x := "a"}}{{range .input.list}}{{$x = .}}{{end}}{{$x}}', 'b'],
  ['{{range .input.list}}{{$.input.name}}{{end}}', 'xx'],
  ['{{define "t"}}<{{.}}>{{end}}{{template "t" .input.name}}{{block "b" 1}}({{.}}){{end}}', '<x>(1)'],
  ['a {{- " b " -}} c', 'a b c'],
  ['{{/* nothing */}}x', 'x'],
  ['{{field "step" "my-step" "output" "id"}}', '7'],
  ['{{.step | fieldFrom "my-step" "output" "id"}}', '7'],
  ['{{(index .step "my-step").output.id}}', '7'],
  ['{{field "step" "other" "output"}}', '<no value>'],
  ['{{.input.obj | toJson}}', '{"a":{"k":[1,2]},"z":1}'],
  ['{{jsonfield "input" "list"}}', '["a","b"]'],
  ['{{toJson .input.price}} {{(fromJson "{\\"x\\":1.10}").x}}', '1.50 1.10'],
  ['{{(fromJson "nonsense").x}}', '<no value>'],
  ['{{`raw "text"`}}', 'raw "text"'],
  ['{{lt (index .input.nums 0) (index .input.nums 2)}}', 'true'],
  ['{{and .input.name .input.none}}|{{or .input.none .input.name}}|{{and 0 (fail "no")}}', '|x|0'],
  ['{{eq .input.flag "true"}} {{eq .input.name nil}}', 'true false'],
  [
    '{{printf "%05.1f|%-4s|%q|%v|%x|%t" 3.14159 "ab" "c" .input.list 255 true}}',
    '003.1|ab  |"c"|[a b]|ff|true',
  ],
  ['{{printf "%d" "x"}} {{printf "%s"}} {{printf "a" 1}}', '%!d(string=x) %!s(MISSING) a%!(EXTRA int=1)'],
  ['{{now.Year | lt 2000}}', 'true'],
])('%s makes %s', (text, expected) => {
  expect(rendered(text)).toBe(expected)
})

test.each([
  ['{{.input.n.foo}}', '"foo" is asked of a number, which has no fields'],
  ['text {{upper .input.nope}}', 'upper needs a text, not nothing'],
  ['{{index .input.list 5}}', 'a list of 2 has no element 5'],
  ['{{fail "as wished"}}', 'as wished'],
  ['{{mustFromJson "{"}}', 'this is not JSON'],
  ['{{eq .input.list "a"}}', 'a list and a text cannot be compared'],
  ['{{div 1 0}}', 'division by zero'],
  ['{{regexMatch "(?=a)" "a"}}', 'RE2'],
  ['{{eval "v"}}', 'there are no variables here'],
  ['{{env "HOME"}}', 'there is no function "env"'],
  ['{{upper}}', 'upper takes 1 values, not 0'],
  ['{{.input.x', 'is not closed'],
])('%s is an error that says why', (text, reason) => {
  expect(rendered(text)).toContain(reason)
})

test('an error names the handle and its place', () => {
  const text = 'first line\n  {{.input.name}} {{ .input.n.foo | upper }} rest'
  expect(() => renderText(text, data)).toThrow(
    expect.objectContaining({ handle: '{{ .input.n.foo | upper }}', line: 2, column: 22 }),
  )
})

test('a strict template refuses missing keys', () => {
  expect(rendered('{{.input.name}}', { strict: true })).toBe('x')
  expect(rendered('{{.input.nope}}', { strict: true })).toContain('there is no "nope"')
  expect(rendered('{{field "input" "nope"}}', { strict: true })).toContain('there is no "nope"')
})

test.each([
  ['{{.input.list | typed}}', ['a', 'b']],
  ['{{.input.n | typed}}', 3],
  ['{{add 1 2 | typed}}', 3],
  ['{{.input.price | typed}}', 1.5],
  ['{{.input.nope | typed}}', null],
  ['{{dict "a" (list 1 2.5 true) | typed}}', { a: [1, 2.5, true] }],
  ['x{{.input.n | typed}}', 'x3'],
])('%s keeps its type only when it stands alone', (text, expected) => {
  expect(render(text, data)).toEqual(expected)
})

test('a value is rendered at every depth; what has no handles stays the very same', () => {
  const plain = { a: [1, 'x', { b: null }] }
  const mixed = { plain, list: ['{{.input.n}}', 5, true], '{{key}}': '{{.input.list | typed}}' }
  expect(renderDeep(plain, data)).toBe(plain)
  const result = renderDeep(mixed, data) as typeof mixed
  expect(result).toEqual({ plain, list: ['3', 5, true], '{{key}}': ['a', 'b'] })
  expect(result.plain).toBe(plain)
})

test('nothing of JavaScript can be reached', () => {
  for (const text of [
    '{{.constructor}}',
    '{{.input.constructor.constructor}}',
    '{{.input.__proto__}}',
    '{{.input.list.length}}',
    '{{index .input "toString"}}',
    '{{get .input "constructor"}}',
    '{{field "constructor" "prototype"}}',
    '{{(dict "a" 1).hasOwnProperty}}',
    '{{(semver "1.2.3").constructor}}',
    '{{pluck "constructor" .input}}',
  ]) {
    expect(rendered(text)).toMatch(/^(?:<no value>|\[\]|error: .*|)$/)
  }
  renderText('{{$d := dict "__proto__" (dict "polluted" 1)}}{{merge (dict) $d}}', data)
  renderText('{{set (dict) "__proto__" (dict "polluted" 1)}}', data)
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('functions never change the data', () => {
  const before = JSON.stringify(data)
  expect(rendered('{{$d := set .input.obj "new" 1}}{{$d.new}}{{unset .input.obj "z"}}')).toBe(
    '1map[a:map[k:[1 2]]]',
  )
  rendered(
    '{{merge .input.obj (dict "q" (dict "r" 1))}}{{mergeOverwrite .input.obj (dict "a" (dict "k" 2))}}',
  )
  expect(JSON.stringify(data)).toBe(before)
  expect(rendered('{{$d := fromJson "{}"}}{{$_ := set $d "k" "v"}}{{$d.k}}')).toBe('v')
})

test('a text is read once', () => {
  expect(compile('{{.input.n}} once')).toBe(compile('{{.input.n}} once'))
})

test('every function of the language exists, and no other', () => {
  const names = [...functionRegistry.keys(), 'and', 'or'].sort()
  expect(names).toEqual([...textFunctions].sort())
  expect(names.filter((name) => Object.hasOwn(refusedFunctions, name))).toEqual([])
})
