/** One event of a server-sent stream. */
export interface StreamedEvent {
  readonly name: string
  readonly data: string
}

/** The server sends a comment every 12 s; silence for longer than this means that nobody is there any more. */
const silenceMs = 45_000

function eventOf(block: string): StreamedEvent | undefined {
  let name = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') name = value
    if (field === 'data') data.push(value)
  }
  return data.length === 0 && name === 'message' ? undefined : { name, data: data.join('\n') }
}

/** A read that fails when nothing comes for too long. */
async function readOrFail<T>(reader: ReadableStreamDefaultReader<T>, withinMs: number) {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_done, fail) => {
    timer = setTimeout(() => fail(new Error(`nothing came for ${withinMs / 1000} s`)), withinMs)
  })
  try {
    return await Promise.race([reader.read(), silence])
  } finally {
    clearTimeout(timer)
  }
}

/** Reads a body of type text/event-stream; comments, which only keep it alive, are left out. Throws when it falls silent. */
export async function* streamedEvents(
  body: ReadableStream<Uint8Array>,
  withinMs: number = silenceMs,
): AsyncGenerator<StreamedEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await readOrFail(reader, withinMs)
      if (done) return
      rest = (rest + decoder.decode(value, { stream: true })).replace(/\r\n?/g, '\n')
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const event = eventOf(block)
        if (event !== undefined) yield event
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
