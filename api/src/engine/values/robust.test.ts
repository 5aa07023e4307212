import { textFunctions } from '@stint/schema/text-functions'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from '../../base/exact-json.ts'
import { ValueError } from './fault.ts'
import { numberText } from './number.ts'
import { renderText } from './template.ts'

const data = { input: { a: 'x', n: 5, list: [1, 'b', null, { c: true }], map: { k: 'v' }, none: null } }

const operand = fc.constantFrom(
  '.input.a',
  '.input.n',
  '.input.list',
  '.input.map',
  '.input.nope',
  '.input.none',
  '.',
  '$',
  '"text"',
  '"2006-01-02"',
  '-1',
  '0',
  '3',
  '2.5',
  'true',
  'nil',
  '(list 1 "a")',
  '(dict "k" 1)',
)
/** Such as run for ever or make noise are tried elsewhere. */
const names = textFunctions.filter((name) => name !== 'fail')
const call = fc
  .tuple(fc.constantFrom(...names), fc.array(operand, { maxLength: 4 }))
  .map(([name, values]) => [name, ...values].join(' '))
const pipe = fc
  .array(fc.oneof(call, operand), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(' | '))
const handle = fc.oneof(
  pipe.map((text) => `{{${text}}}`),
  pipe.map((text) => `{{if ${text}}}y{{else}}n{{end}}`),
  pipe.map((text) => `{{range $i, $e := ${text}}}{{$i}}{{$e}}{{end}}`),
  pipe.map((text) => `{{with ${text}}}{{.}}{{end}}`),
  pipe.map((text) => `{{$x := ${text}}}{{$x}}`),
)

function outcome(text: string): string {
  try {
    return renderText(text, data)
  } catch (error) {
    if (error instanceof ValueError) return 'error'
    throw error
  }
}

test('any call of any function gives a text or an error that names its handle, never anything else', () => {
  fc.assert(
    fc.property(handle, (text) => {
      expect(typeof outcome(text)).toBe('string')
    }),
    { numRuns: 3000 },
  )
  expect(JSON.stringify(data)).toContain('"none":null')
})

test('any text at all is rendered or refused', () => {
  const piece = fc.oneof(
    fc.constantFrom('{{', '}}', '"', '`', '(', ')', '|', '.a', '$x', ':=', 'if', 'end', '-', '/*'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      expect(typeof outcome(pieces.join(' '))).toBe('string')
    }),
    { numRuns: 3000 },
  )
})

test('a number keeps its text through reading and writing', () => {
  const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,20})?([eE][+-]?\d{1,2})?$/)
  fc.assert(
    fc.property(digits, (text) => {
      expect(numberText(parseJson(text))).toBe(text)
      expect(JSON.stringify(parseJson(`[${text}]`))).toBe(`[${text}]`)
    }),
    { numRuns: 3000 },
  )
})
