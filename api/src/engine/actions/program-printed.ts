import { limits } from '@stint/schema/limits'
import { LineBuffer } from '../../base/printable.ts'
import type { ActionContext } from '../action.ts'
import { lastLine, Tail } from './script-output.ts'

const printedCharsMax = 1_048_576

/** What a program said, when it is over. */
export interface PrintedText {
  /** Of very long output the end. */
  readonly stdout: string
  readonly both: string
  /** The last line on standard error; short. */
  readonly lastError: string
}

/** Collects what a program prints: all of it to the log while it comes, up to a bound, and the end for the output. */
export class Printed {
  readonly #stdout = new Tail(printedCharsMax)
  readonly #stderr = new Tail(2000)
  readonly #both = new Tail(printedCharsMax)
  readonly #lines: Record<'stdout' | 'stderr', LineBuffer>
  readonly #log: ActionContext['log']
  #left: number = limits.stepOutputBytesMax

  constructor(log: ActionContext['log']) {
    this.#log = log
    const lines = (stream: 'stdout' | 'stderr') => new LineBuffer((text) => this.#logBounded(text, stream))
    this.#lines = { stdout: lines('stdout'), stderr: lines('stderr') }
  }

  push(stream: 'stdout' | 'stderr', text: string): void {
    this.#both.push(text)
    if (stream === 'stdout') this.#stdout.push(text)
    else this.#stderr.push(text)
    this.#lines[stream].push(text)
  }

  end(): PrintedText {
    this.#lines.stdout.flush()
    this.#lines.stderr.flush()
    return {
      stdout: this.#stdout.text,
      both: this.#both.text,
      lastError: lastLine(this.#stderr.text).slice(0, 300),
    }
  }

  #logBounded(text: string, stream: 'stdout' | 'stderr'): void {
    if (this.#left <= 0) return
    this.#log(text.slice(0, this.#left), stream)
    this.#left -= text.length
    if (this.#left <= 0)
      this.#log('… more was printed than is kept; the end of it is in the metadata.\n', 'log')
  }
}
