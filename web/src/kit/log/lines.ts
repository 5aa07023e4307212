/** A piece of output as it arrives; a piece may end in the middle of a line. */
export interface LogChunk {
  readonly attemptNo: number
  readonly seq: number
  readonly stream: string
  readonly at: string
  readonly text: string
}

export interface LogLine {
  readonly number: number
  readonly attemptNo: number
  readonly stream: string
  readonly at: string
  readonly text: string
}

/** Lines are kept in blocks, so that new output touches only the last one and the browser skips those out of sight. */
export interface LogBlock {
  readonly key: number
  readonly lines: readonly LogLine[]
}

export interface Log {
  readonly blocks: readonly LogBlock[]
  readonly lineCount: number
  /** The last line has no end yet. */
  readonly isOpen: boolean
  /** Lines at the beginning that were let go: a page cannot hold a log of any length. */
  readonly droppedCount: number
}

const linesPerBlock = 100
const mostBlocks = 200

export const emptyLog: Log = { blocks: [], lineCount: 0, isOpen: false, droppedCount: 0 }

// A carriage return starts the line anew: what stays is what a terminal would show.
const visiblePart = (text: string) =>
  text.slice(text.lastIndexOf('\r', text.length - 2) + 1).replace(/\r$/, '')

function isContinued(last: LogLine | undefined, chunk: LogChunk): last is LogLine {
  return last !== undefined && last.stream === chunk.stream && last.attemptNo === chunk.attemptNo
}

/** The log with further output behind it. What came before is shared, not copied. */
export function appendChunks(log: Log, chunks: readonly LogChunk[]): Log {
  if (chunks.length === 0) return log
  const blocks = log.blocks.slice(0, -1)
  let lines = [...(log.blocks.at(-1)?.lines ?? [])]
  let key = log.blocks.at(-1)?.key ?? 0
  let { lineCount, isOpen } = log
  const push = (line: Omit<LogLine, 'number'>) => {
    if (lines.length === linesPerBlock) {
      blocks.push({ key, lines })
      key += 1
      lines = []
    }
    lineCount += 1
    lines.push({ ...line, number: lineCount })
  }
  for (const chunk of chunks) {
    const parts = chunk.text.split('\n')
    const isEnded = parts.at(-1) === ''
    if (isEnded) parts.pop()
    for (const [at, part] of parts.entries()) {
      const last = lines.at(-1)
      if (at === 0 && isOpen && isContinued(last, chunk)) {
        lines[lines.length - 1] = { ...last, text: visiblePart(last.text + part) }
      } else {
        push({ attemptNo: chunk.attemptNo, stream: chunk.stream, at: chunk.at, text: visiblePart(part) })
      }
    }
    isOpen = !isEnded
  }
  const all = [...blocks, { key, lines }]
  const kept = all.slice(-mostBlocks)
  const droppedCount = log.droppedCount + (all.length - kept.length) * linesPerBlock
  return { blocks: kept, lineCount, isOpen, droppedCount }
}

/** What is kept of the log as text, for the clipboard. */
export const logText = (log: Log): string =>
  log.blocks.flatMap((block) => block.lines.map((line) => line.text)).join('\n')
