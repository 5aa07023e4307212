import { describe, expect, it } from 'vitest'
import { exitCodeRange, lastLine, scriptOutput, Tail } from './script-output.ts'

function fromLastLine(stdout: string, stderr = '') {
  return scriptOutput('manual-lastline', [], { stdout, both: stdout + stderr })
}

describe('the output on the last line', () => {
  it.each([
    ['{"a": 1}', { a: 1 }],
    ['text\n{"a": 1}\n', { a: 1 }],
    ['text\n{"a": 1}\n\n  \n', { a: 1 }],
    ['', {}],
    ['\n', {}],
  ])('of %j is %j', (stdout, output) => expect(fromLastLine(stdout)).toEqual({ output }))

  it.each(['done', '[1]', '"x"', '{"a": 1', '{"a": 1}\ndone'])('of %j is missed', (stdout) => {
    expect(fromLastLine(stdout)).toMatchObject({ output: {}, complaint: expect.any(String) })
  })

  it('is found whatever stderr says after it, and on stderr when only there', () => {
    expect(fromLastLine('{"a": 1}\n', 'a warning\n')).toEqual({ output: { a: 1 } })
    expect(fromLastLine('', 'a warning\n{"a": 1}\n')).toEqual({ output: { a: 1 } })
    expect(fromLastLine('', 'a warning\n')).toEqual({ output: {} })
  })
})

describe('the output between delimiters', () => {
  const between = (text: string, delimiters: string[]) =>
    scriptOutput('manual-delimiters', delimiters, { stdout: text, both: text })

  it.each([
    ['x BEGIN\n{"a": 1}\nEND y', ['BEGIN', 'END'], { a: 1 }],
    ['<<1>>{"a": 1}<<2>>', ['<<\\d>>', '<<\\d>>'], { a: 1 }],
    ['(x){"a": 1}(y)', ['\\((x)\\)', '\\((y)\\)'], { a: 1 }],
    ['BEGIN{"a": 1}END BEGIN{"a": 2}END', ['BEGIN', 'END'], { a: 2 }],
    ['nothing here', ['BEGIN', 'END'], {}],
    ['a{"b": 1}c', ['x|a', 'c|d'], { b: 1 }],
  ])('of %j with %j is %j', (text, delimiters, output) =>
    expect(between(text, delimiters)).toEqual({ output }),
  )

  it('is missed when it is no object', () => {
    expect(between('BEGIN oops END', ['BEGIN', 'END']).complaint).toContain('no JSON object')
  })

  it('is looked for in linear time, whatever the expression', () => {
    const startMs = performance.now()
    between('a'.repeat(3000), ['(a+)+b', '(a|a)*c'])
    expect(performance.now() - startMs).toBeLessThan(2000)
  })
})

describe('exit codes', () => {
  it.each([
    ['3', [3, 3]],
    ['10-20', [10, 20]],
    ['0', undefined],
    ['20-10', undefined],
    ['-1', undefined],
    ['x', undefined],
    ['1-', undefined],
  ])('%s are %j', (text, range) => expect(exitCodeRange(text)).toEqual(range))
})

describe('the end of a long text', () => {
  it('is kept, and says that it is not all', () => {
    const tail = new Tail(10)
    for (let i = 0; i < 100; i++) tail.push(`${i} `)
    expect(tail.text).toBe('… (only the end is kept)\n 97 98 99 ')
  })

  it('is all of a short one', () => {
    const tail = new Tail(10)
    tail.push('0123456789')
    expect([tail.text, lastLine('a\nb\n \n'), lastLine('a'), lastLine('')]).toEqual([
      '0123456789',
      'b',
      'a',
      '',
    ])
  })
})
