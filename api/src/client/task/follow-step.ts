import { LineBuffer } from '../../base/printable.ts'
import type { StepLine } from './documents.ts'
import type { OutputChunk, OutputPlace } from './follow-documents.ts'
import type { FollowPrinter } from './follow-print.ts'

/** Where the output of a step comes from. */
export interface OutputSource {
  /** Ends the whole. */
  failed(error: unknown): void
  /** Does some work when it is its turn. */
  use(kind: 'live' | 'stored', work: () => Promise<void>): Promise<void>
  /** What is written from a place on, until the signal aborts. */
  live(place: OutputPlace, signal: AbortSignal): AsyncGenerator<{ readonly stepOutput: OutputChunk }>
  /** What is stored behind a place, up to a page of it. */
  stored(place: OutputPlace): Promise<readonly OutputChunk[]>
}

/** Chunks that the server gives at once. */
const pageSize = 500

/** One attempt: read live while it runs, and to its end when it is over. */
class FollowedAttempt {
  readonly #place: OutputPlace
  readonly #print: FollowPrinter
  readonly #source: OutputSource
  readonly #buffers = new Map<OutputChunk['stream'], LineBuffer>()
  readonly #over = new AbortController()

  constructor(place: OutputPlace, print: FollowPrinter, source: OutputSource) {
    this.#place = place
    this.#print = print
    this.#source = source
  }

  /** Nothing more will be written; what is not read yet is in store. */
  end(): void {
    this.#over.abort()
  }

  async read(): Promise<void> {
    if (!this.#over.signal.aborted) await this.#source.use('live', () => this.#readLive())
    await this.#source.use('stored', () => this.#readStored())
    for (const buffer of this.#buffers.values()) buffer.flush()
  }

  async #readLive(): Promise<void> {
    for await (const { stepOutput } of this.#source.live(this.#place, this.#over.signal))
      this.#take(stepOutput)
  }

  async #readStored(): Promise<void> {
    for (let read = pageSize; read === pageSize; ) {
      const chunks = await this.#source.stored(this.#place)
      for (const chunk of chunks) this.#take(chunk)
      read = chunks.length
    }
  }

  #take(chunk: OutputChunk): void {
    if (chunk.seq <= this.#place.after) return
    this.#place.after = chunk.seq
    const buffer =
      this.#buffers.get(chunk.stream) ?? new LineBuffer((text) => this.#print.output(chunk, text))
    this.#buffers.set(chunk.stream, buffer)
    buffer.push(chunk.text)
  }
}

/**
 * A step as it is followed. What is printed of it comes one after the other: that it runs, what it writes, how it ended; steps
 * side by side do not wait for each other.
 */
export class FollowedStep {
  readonly #taskId: string
  readonly #print: FollowPrinter
  readonly #source: OutputSource
  readonly #attempts: FollowedAttempt[] = []
  #seen = 'TODO 0'
  #chain: Promise<void> = Promise.resolve()

  constructor(taskId: string, print: FollowPrinter, source: OutputSource) {
    this.#taskId = taskId
    this.#print = print
    this.#source = source
  }

  /** Resolves when all that was seen is printed. */
  get printed(): Promise<void> {
    return this.#chain
  }

  see(step: StepLine): void {
    // A step that fails again the same way has a new attempt to tell about.
    const seen = `${step.state} ${step.attemptNo}`
    const isNew = seen !== this.#seen
    const runs = step.state === 'RUNNING'
    this.#seen = seen
    if (isNew && runs) this.#then(() => this.#print.step(step))
    while (this.#attempts.length < step.attemptNo) this.#follow(step.no)
    for (const attempt of runs ? this.#attempts.slice(0, -1) : this.#attempts) attempt.end()
    if (isNew && !runs) this.#then(() => this.#print.step(step))
  }

  #follow(stepNo: number): void {
    const place = { taskId: this.#taskId, stepNo, attemptNo: this.#attempts.length + 1, after: 0 }
    const attempt = new FollowedAttempt(place, this.#print, this.#source)
    this.#attempts.push(attempt)
    this.#then(() => attempt.read())
  }

  #then(work: () => void | Promise<void>): void {
    this.#chain = this.#chain.then(work).catch((error: unknown) => this.#source.failed(error))
  }
}
