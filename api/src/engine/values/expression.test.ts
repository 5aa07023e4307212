import { expect, test } from 'vitest'
import { ExpressionError, evaluateExpression, expressionLimits, expressionProblem } from './expression.ts'
import { renderText } from './template.ts'
import { Variables } from './variables.ts'

test.each<[string, unknown]>([
  ['1 + 1', 2],
  ["const name = 'x'; ['Hello', name].join(' ')", 'Hello x'],
  ['input.list.map((n) => n * 2)', [2, 4]],
  ['({ ...input.obj, b: 2n > 1n })', { a: 1, b: true }],
  ['step["my-step"]?.output.id ?? null', 7],
  ['undefined', undefined],
  ['() => 1', undefined],
  ['null', null],
  ['new Date(0)', '1970-01-01T00:00:00.000Z'],
  ['typeof missing', 'undefined'],
])('%s gives JSON', (text, expected) => {
  const data = { input: { list: [1, 2], obj: { a: 1 } }, step: { 'my-step': { output: { id: 7 } } } }
  expect(evaluateExpression(text, data)).toEqual(expected)
})

function fault(text: string, timeoutMs?: number): string {
  try {
    return `value ${JSON.stringify(evaluateExpression(text, { input: { a: 1 } }, timeoutMs))}`
  } catch (error) {
    if (error instanceof ExpressionError) return `${error.fault}: ${error.message}`
    throw error
  }
}

test.each([
  ['1 +', 'syntax: SyntaxError'],
  ['missing.x', "thrown: ReferenceError: 'missing' is not defined"],
  ['throw new Error("no")', 'thrown: Error: no'],
  ['throw "text"', 'thrown: text'],
  ['const a = {}; a.a = a; a', 'thrown: TypeError'],
  ['10n', 'thrown: TypeError'],
  ['function f() { return f() } f()', 'memory: '],
  ['JSON.stringify = () => ({}); 1', 'result: '],
  ['JSON.stringify = () => "{"; 1', 'result: '],
])('%s is a fault of its kind', (text, expected) => {
  expect(fault(text)).toContain(expected)
})

test.each([
  ['an endless loop', 'while (true) {}'],
  ['a catastrophic pattern', '/^(a+)+$/.test("a".repeat(40) + "b")'],
  ['growing texts', 'let s = "x"; while (true) s += s'],
  ['growing lists', 'const a = []; while (true) a.push(new Array(10000).fill(1))'],
  ['a loop in its JSON', '({ toJSON() { while (true) {} } })'],
  ['a loop in a getter', '({ get a() { while (true) {} } })'],
  ['a huge result', '"x".repeat(9000000)'],
  // Slow operations, of which QuickJS does 10,000 before it looks at the clock: minutes, when nobody ends its thread.
  ['searches', 'const s = "x".repeat(4e6); let n = 0; while (true) n += s.indexOf("z")'],
  ['copies', 'const a = new Array(200000).fill(1); while (true) a.slice().reverse()'],
  ['sorts', 'const a = Array.from({ length: 50000 }, (_, i) => i); while (true) a.slice().sort()'],
  ['splits', 'const s = "ab".repeat(1e6); while (true) s.split("a")'],
  ['parses', 'const o = JSON.stringify(new Array(100000).fill({ a: 1 })); while (true) JSON.parse(o)'],
])('%s end in time, and the next expression works', (_, text) => {
  expect(fault('1 + 1')).toBe('value 2')
  const from = process.cpuUsage()
  expect(fault(text, 100)).toMatch(/^(?:time|memory|result): /)
  // 100 ms and 50 of grace, counted as work of this process with its threads: others keep the machine busy. It was minutes.
  const { user, system } = process.cpuUsage(from)
  expect((user + system) / 1000).toBeLessThan(1000)
  expect(fault('1 + 1')).toBe('value 2')
})

test('nothing of the host is there', () => {
  const names = evaluateExpression('Object.getOwnPropertyNames(globalThis).join()') as string
  expect(names).not.toMatch(/process|require|fetch|console|setTimeout|std|os\b/)
  expect(fault('globalThis.constructor.constructor("return process")()')).toContain(
    "'process' is not defined",
  )
  expect(fault('import("fs").then(() => 1)')).toMatch(/value \{\}|thrown|syntax/)
})

test('one evaluation leaves nothing to the next', () => {
  evaluateExpression('globalThis.left = 1; Array.prototype.map = null; 1')
  expect(evaluateExpression('typeof left + [1].map(String)')).toBe('undefined1')
})

test('a text is checked without running it', () => {
  expect(expressionProblem('while (true) {}')).toBeUndefined()
  expect(expressionProblem('input.a ===')).toContain('SyntaxError')
})

test('a thousand faults leave the module in order', () => {
  for (let i = 0; i < 300; i++) {
    fault('throw new Error(String(input.a))')
    fault('1 +')
    expressionProblem('1 +')
  }
  expect(fault('input.a')).toBe('value 1')
})

const variables = [
  { name: 'fixed', value: { a: [1] }, expressionTimeoutMs: 1000 },
  { name: 'text', value: 'for {{.input.name}}', expressionTimeoutMs: 1000 },
  { name: 'pasted', expression: "var n = '{{.input.name}}'; n.toUpperCase()", expressionTimeoutMs: 1000 },
  { name: 'offered', expression: 'input.name.length > 2', expressionTimeoutMs: 1000 },
  { name: 'chance', expression: 'Math.random()', expressionTimeoutMs: 1000 },
  { name: 'itself', value: '{{eval "itself"}}', expressionTimeoutMs: 1000 },
  { name: 'broken', expression: 'nope()', expressionTimeoutMs: 1000 },
]
const render = (text: string) =>
  renderText(text, { input: { name: 'sam "the" cook' } }, { variables: new Variables(variables) })

test.each([
  ['{{eval "fixed"}}', 'map[a:[1]]'],
  ['{{eval "text"}}', 'for sam "the" cook'],
  ['{{eval "pasted"}}', 'SAM "THE" COOK'],
  ['{{eval "offered"}} {{eq (eval "offered") "true"}}', 'true true'],
  ['{{eq (evalCache "chance") (evalCache "chance")}} {{eq (eval "chance") (eval "chance")}}', 'true false'],
])('%s makes %s', (text, expected) => {
  expect(render(text)).toBe(expected)
})

test('variables that cannot be had are errors with their name', () => {
  expect(() => render('{{eval "nope"}}')).toThrow('there is no variable "nope"')
  expect(() => render('{{eval "itself"}}')).toThrow('the variable "itself" needs itself')
  expect(() => render('{{eval "broken"}}')).toThrow('the variable "broken": ReferenceError')
})

test('a longer wish than the limit is cut to it', () => {
  expect(fault('while (true) {}', 60_000)).toBe(
    `time: the expression took longer than ${expressionLimits.timeMs} ms`,
  )
})
