import { describe, expect, it } from 'vitest'
import { appendChunks, emptyLog, type LogChunk, logText } from './lines.ts'

const chunk = (seq: number, text: string, stream = 'STDOUT', attemptNo = 1): LogChunk => ({
  seq,
  text,
  stream,
  attemptNo,
  at: '2026-11-20T08:00:00.000Z',
})

describe('the lines of a log', () => {
  it('puts a line together that arrived in pieces', () => {
    const log = appendChunks(appendChunks(emptyLog, [chunk(1, 'hel')]), [chunk(2, 'lo\nworld\n')])
    expect(logText(log)).toBe('hello\nworld')
    expect(log.lineCount).toBe(2)
  })

  it('never glues two streams or two attempts into one line', () => {
    const log = appendChunks(emptyLog, [
      chunk(1, 'out'),
      chunk(2, 'err', 'STDERR'),
      chunk(3, 'again', 'STDERR', 2),
    ])
    expect(logText(log)).toBe('out\nerr\nagain')
  })

  it('shows what a terminal would show after a carriage return', () => {
    const log = appendChunks(emptyLog, [
      chunk(1, '10 %\r20 %'),
      chunk(2, '\r100 %\n'),
      chunk(3, 'windows\r\n'),
    ])
    expect(logText(log)).toBe('100 %\nwindows')
  })

  it('keeps empty lines', () => {
    expect(logText(appendChunks(emptyLog, [chunk(1, 'a\n\nb\n')]))).toBe('a\n\nb')
  })

  it('lets the beginning go when a log is longer than a page can hold', () => {
    const many = Array.from({ length: 25_000 }, (_, at) => chunk(at, `line ${at}\n`))
    const log = appendChunks(emptyLog, many)
    expect(log.lineCount).toBe(25_000)
    expect(log.droppedCount).toBe(5_000)
    expect(log.blocks[0]?.lines[0]?.number).toBe(5_001)
    expect(logText(log).endsWith('line 24999')).toBe(true)
  })

  it('leaves finished blocks untouched when output is added', () => {
    const many = Array.from({ length: 250 }, (_, at) => chunk(at, `line ${at}\n`))
    const before = appendChunks(emptyLog, many)
    const after = appendChunks(before, [chunk(251, 'last\n')])
    expect(after.blocks.length).toBe(3)
    expect(after.blocks[0]).toBe(before.blocks[0])
    expect(after.blocks[1]).toBe(before.blocks[1])
    expect(after.lineCount).toBe(251)
  })
})
