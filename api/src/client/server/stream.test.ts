import { describe, expect, it } from 'vitest'
import { type StreamedEvent, streamedEvents } from './stream.ts'

function bodyOf(chunks: readonly string[], end = true): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
      if (end) controller.close()
    },
  })
}

async function all(chunks: readonly string[]): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = []
  for await (const event of streamedEvents(bodyOf(chunks))) events.push(event)
  return events
}

describe('a stream of events', () => {
  const text =
    ':\n\nevent: next\ndata: {"a":1}\n\n:\n\nevent: next\r\ndata: {"b":\r\ndata: 2}\r\n\r\nevent: complete\ndata\n\n'
  const events = [
    { name: 'next', data: '{"a":1}' },
    { name: 'next', data: '{"b":\n2}' },
    { name: 'complete', data: '' },
  ]

  it('is read event by event, without what only keeps it alive', async () =>
    expect(await all([text])).toEqual(events))

  it('may be cut anywhere on its way', async () => {
    const withoutReturns = text.replaceAll('\r', '')
    expect(await all([...withoutReturns])).toEqual(events)
  })

  it('leaves out what was not finished', async () => {
    expect(await all(['event: next\ndata: 1\n\nevent: next\ndata: 2'])).toEqual([{ name: 'next', data: '1' }])
  })

  it('that falls silent fails', async () => {
    const events = streamedEvents(bodyOf(['event: next\ndata: 1\n\n'], false), 50)
    expect((await events.next()).value).toEqual({ name: 'next', data: '1' })
    await expect(events.next()).rejects.toThrow('nothing came')
  })
})
