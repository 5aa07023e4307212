import { Worker } from 'node:worker_threads'
import type { LaterCheck } from '@stint/schema/actions'
import type { CheckedTemplate } from '@stint/schema/template'
import type { TemplateFunction } from '@stint/schema/template-types'

/** What the thread of the checker is asked: everything is data, so that it needs to know nobody. */
export interface CheckQuestion {
  readonly text: string
  /** JSON Schemas of the actions by type. */
  readonly actions: ReadonlyMap<string, CheckedAction>
  readonly functions: ReadonlyMap<string, TemplateFunction>
  readonly configItems: ReadonlySet<string> | undefined
  readonly templates?: ReadonlySet<string>
}

export interface CheckedAction {
  readonly configuration: Readonly<Record<string, unknown>>
  readonly output: Readonly<Record<string, unknown>> | undefined
  readonly metadata: Readonly<Record<string, unknown>> | undefined
  readonly namesTemplate?: string
}

export interface CheckAnswer extends CheckedTemplate {
  /** What only the actions themselves can say. */
  readonly later: readonly LaterCheck[]
}

interface Asked {
  readonly question: CheckQuestion
  readonly answer: (answer: CheckAnswer) => void
  readonly fail: (error: Error) => void
}

const patienceMs = 30_000
const idleMs = 60_000

/**
 * Checks long texts in a thread: the YAML parser needs about 0.4 s for 800 kB, in which this process would answer nobody and its
 * heart would not beat. One text at a time; the thread is made when it is needed and ends when nobody asks.
 */
export class CheckThread {
  #worker: Worker | undefined
  #asked: Asked[] = []
  #timer: NodeJS.Timeout | undefined

  /** Rejects when the thread dies or does not answer in time. */
  ask(question: CheckQuestion): Promise<CheckAnswer> {
    return new Promise((answer, fail) => {
      this.#asked.push({ question, answer, fail })
      if (this.#asked.length === 1) this.#next()
    })
  }

  #next(): void {
    clearTimeout(this.#timer)
    const [first] = this.#asked
    if (first === undefined) {
      this.#worker?.unref()
      this.#timer = setTimeout(() => this.#end(), idleMs)
      this.#timer.unref()
      return
    }
    this.#worker ??= this.#newWorker()
    this.#worker.ref()
    this.#worker.postMessage(first.question)
    this.#timer = setTimeout(() => this.#over(new Error('the checker did not answer in time')), patienceMs)
  }

  #newWorker(): Worker {
    const worker = new Worker(new URL('./check-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    })
    worker.on('message', (answer: CheckAnswer) => {
      this.#asked.shift()?.answer(answer)
      this.#next()
    })
    worker.on('error', (error) => {
      if (worker === this.#worker) this.#over(error)
    })
    return worker
  }

  /** The text at the head broke the thread; the others get a new one. */
  #over(error: Error): void {
    this.#end()
    this.#asked.shift()?.fail(error)
    this.#next()
  }

  #end(): void {
    clearTimeout(this.#timer)
    void this.#worker?.terminate()
    this.#worker = undefined
  }
}
