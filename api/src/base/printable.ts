/**
 * Bytes of a foreign program as text that can be stored and shown: what is not UTF-8, and NUL, which PostgreSQL's text
 * cannot hold, become U+FFFD. A character cut in two by a chunk border is put together again.
 */
export class PrintableDecoder {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  decode(chunk: Uint8Array): string {
    return this.#decoder.decode(chunk, { stream: true }).replaceAll('\0', '\uFFFD')
  }

  /** What is left of a character that never became whole. */
  end(): string {
    return this.#decoder.decode()
  }
}

export interface LineBufferOptions {
  /** An unfinished line is passed on after this time, so that a prompt or a row of dots is seen. */
  readonly patienceMs?: number
  /** And when it is this long. */
  readonly charsMax?: number
}

/** Passes text on in whole lines, so that lines of two streams do not end up inside each other. */
export class LineBuffer {
  readonly #emit: (text: string) => void
  readonly #patienceMs: number
  readonly #charsMax: number
  #rest = ''
  #timer: NodeJS.Timeout | undefined

  constructor(emit: (text: string) => void, { patienceMs = 250, charsMax = 16_384 }: LineBufferOptions = {}) {
    this.#emit = emit
    this.#patienceMs = patienceMs
    this.#charsMax = charsMax
  }

  push(text: string): void {
    const whole = this.#rest + text
    const lines = whole.lastIndexOf('\n') + 1
    const end = whole.length - lines > this.#charsMax ? whole.length : lines
    this.#rest = whole.slice(end)
    if (end > 0) this.#emit(whole.slice(0, end))
    if (this.#rest !== '') this.#timer ??= setTimeout(() => this.flush(), this.#patienceMs)
    else this.#stopTimer()
  }

  flush(): void {
    this.#stopTimer()
    const text = this.#rest
    this.#rest = ''
    if (text !== '') this.#emit(text)
  }

  #stopTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
