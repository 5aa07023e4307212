import { limits } from '@stint/schema/limits'
import type { OutputStream } from '@stint/schema/words'
import { cleanText } from './error-summary.ts'
import type { Masker } from './mask.ts'

export interface LogChunk {
  readonly seq: number
  readonly stream: OutputStream
  readonly text: string
}

/** Bytes of one attempt's log that are kept; what comes after is counted and said. */
const attemptLogBytesMax = 16 * limits.stepOutputBytesMax

/**
 * Collects what an action logs until the next flush takes it. Text is masked before it leaves; the end of a piece that
 * could be the beginning of a secret is held back until more comes or the attempt ends.
 */
export class LogBuffer {
  readonly #masker: Masker
  readonly #pending = new Map<OutputStream, string>()
  #ready: { stream: OutputStream; text: string }[] = []
  #seq = 0
  #bytes = 0
  #isFull = false

  constructor(masker: Masker) {
    this.#masker = masker
  }

  get hasText(): boolean {
    return this.#ready.length > 0
  }

  add(text: string, stream: OutputStream): void {
    if (text === '' || this.#isFull) return
    this.#bytes += text.length
    if (this.#bytes > attemptLogBytesMax) {
      this.#isFull = true
      this.#emit('log', `\n… the log is longer than ${attemptLogBytesMax} bytes; the rest was dropped\n`)
      return
    }
    const whole = (this.#pending.get(stream) ?? '') + text
    // A line that is complete cannot be the beginning of a secret of one line.
    const safe = Math.max(whole.lastIndexOf('\n') + 1, this.#masker.cutBefore(whole))
    this.#pending.set(stream, whole.slice(safe))
    if (safe > 0) this.#emit(stream, whole.slice(0, safe))
  }

  /** Everything that may be stored now; with `all`, also what was held back. */
  take(all: boolean): LogChunk[] {
    if (all) {
      for (const [stream, text] of this.#pending) if (text) this.#emit(stream, text)
      this.#pending.clear()
    }
    const chunks: LogChunk[] = []
    for (const { stream, text } of this.#ready.splice(0)) {
      for (let from = 0, to = 0; from < text.length; from = to) {
        to = cutAt(text, from + limits.outputChunkBytesMax / 4)
        const piece = text.slice(from, to)
        chunks.push({ seq: ++this.#seq, stream, text: cleanText(piece, limits.outputChunkBytesMax * 2) })
      }
    }
    return chunks
  }

  #emit(stream: OutputStream, text: string): void {
    const last = this.#ready.at(-1)
    const masked = this.#masker.mask(text)
    if (last && last.stream === stream) last.text += masked
    else this.#ready.push({ stream, text: masked })
  }
}

/** Not in the middle of a character of two units: neither half can be stored. */
function cutAt(text: string, at: number): number {
  const isMiddle = /^[\udc00-\udfff]/.test(text.charAt(at)) && /[\ud800-\udbff]$/.test(text.charAt(at - 1))
  return isMiddle ? at - 1 : at
}
