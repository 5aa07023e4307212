import { describe, expect, it } from 'vitest'
import { runAction } from '../../testing/action.ts'
import { echoAction } from './echo.ts'

describe('echo', () => {
  it.each([[{ a: [1, { b: null }] }], ['text'], [0], [false], [[]], [null]])(
    'returns %j as it is',
    async (output) => {
      expect((await runAction(echoAction, { output, metadata: { m: 1 } })).result).toEqual({
        output,
        metadata: { m: 1 },
      })
    },
  )

  it.each([
    ['{"a": 1}', { a: 1 }],
    ['[1, 2]', [1, 2]],
    ['a: 1\nb: [x, no]', { a: 1, b: ['x', 'no'] }],
    ['plain', 'plain'],
  ])('reads %j as data', async (output, expected) => {
    expect((await runAction(echoAction, { output, unmarshal: true })).result?.output).toEqual(expected)
  })

  it.each(['a: [', 'a: 1\na: 2', '*x'])(
    'fails as a server error when %j is no data, and keeps it',
    async (output) => {
      const { error } = await runAction(echoAction, { output, unmarshal: 'true' })
      expect(error).toMatchObject({ kind: 'server', output })
    },
  )

  it('fails when there is no text to read', async () => {
    expect((await runAction(echoAction, { output: { a: 1 }, unmarshal: true })).error?.kind).toBe('server')
  })

  it('refuses a bomb of aliases', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      )
    expect((await runAction(echoAction, { output: lines.join('\n'), unmarshal: true })).error?.kind).toBe(
      'server',
    )
  })

  it.each([
    ['client', 'client'],
    ['server', 'server'],
    [undefined, 'server'],
  ])('fails with error_type %s as %s and keeps output and metadata', async (error_type, kind) => {
    const { error } = await runAction(echoAction, {
      output: 1,
      metadata: { m: 1 },
      error_message: 'no',
      error_type,
    })
    expect(error).toMatchObject({ message: 'no', kind, output: 1, metadata: { m: 1 } })
  })

  it('succeeds with an empty error message, which is what a template renders when there is none', async () => {
    expect(
      (await runAction(echoAction, { output: 1, error_message: '', error_type: 'client' })).error,
    ).toBeUndefined()
  })

  it('leaves no prototype behind that a key named __proto__ could change', async () => {
    const { result } = await runAction(echoAction, { output: '__proto__: {polluted: 1}', unmarshal: true })
    expect([({} as Record<string, unknown>).polluted, Object.keys(result?.output as object)]).toEqual([
      undefined,
      ['__proto__'],
    ])
  })

  it('knows a wrong error type before it runs', () => {
    expect(echoAction.check?.({ error_type: 'fatal' })).toEqual(['error_type must be client or server.'])
    expect(echoAction.check?.({ error_type: '{{.input.x}}' })).toEqual([])
  })
})
