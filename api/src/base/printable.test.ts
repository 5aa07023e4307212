import { describe, expect, it, vi } from 'vitest'
import { LineBuffer, PrintableDecoder } from './printable.ts'

describe('printable text', () => {
  it('puts characters together that a chunk border cut', () => {
    const decoder = new PrintableDecoder()
    const bytes = Buffer.from('aé€😀')
    const parts = Array.from(bytes, (byte) => decoder.decode(Buffer.from([byte])))
    expect(parts.join('') + decoder.end()).toBe('aé€😀')
  })

  it('marks what is no text', () => {
    const decoder = new PrintableDecoder()
    expect(decoder.decode(Buffer.from([0x61, 0, 0xff, 0x62, 0xe2, 0x82])) + decoder.end()).toBe(
      'a\uFFFD\uFFFDb\uFFFD',
    )
  })
})

describe('lines', () => {
  function collect(options = {}) {
    const got: string[] = []
    return { got, lines: new LineBuffer((text) => got.push(text), options) }
  }

  it('come whole, together when they came together', () => {
    const { got, lines } = collect()
    for (const text of ['a', 'b\nc\nd', 'e', '\n', 'f']) lines.push(text)
    lines.flush()
    expect(got).toEqual(['ab\nc\n', 'de\n', 'f'])
  })

  it('that never end are passed on after a while or when they are long', () => {
    vi.useFakeTimers()
    const { got, lines } = collect({ patienceMs: 100, charsMax: 10 })
    lines.push('...')
    vi.advanceTimersByTime(100)
    lines.push('x'.repeat(11))
    vi.useRealTimers()
    expect(got).toEqual(['...', 'x'.repeat(11)])
  })
})
