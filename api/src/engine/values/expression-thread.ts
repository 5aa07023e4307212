import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'

export type ExpressionFault = 'syntax' | 'thrown' | 'time' | 'memory' | 'result'

export interface ExpressionQuestion {
  readonly text: string
  /** Global name → JSON text. */
  readonly globals: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Is it JavaScript at all? Nothing runs. */
  readonly onlyParse: boolean
  readonly limits: {
    readonly memoryBytes: number
    readonly stackBytes: number
    readonly resultLength: number
  }
}

export type ExpressionAnswer =
  /** Absent: the value cannot be told in JSON (undefined, a function). */
  | { readonly json: string | undefined }
  /** After a broken one the module cannot be trusted, and its thread ends. */
  | { readonly fault: ExpressionFault; readonly message: string; readonly isBroken?: boolean }

/** What the thread gets when it starts. */
export interface ThreadStart {
  /** 0: nothing yet, 1: an answer stands at the port, or at first: ready. */
  readonly bell: Int32Array<SharedArrayBuffer>
  readonly port: MessagePort
}

/** How much longer than it may the thread is waited for, so that its own deadline speaks first. */
const graceMs = 50
const startMs = 10_000

/**
 * A thread that evaluates expressions, asked and waited for without leaving this one: `eval` stands in the middle of a text.
 * QuickJS looks at its deadline only every 10,000 operations, and one operation can be a search through megabytes: tried in this
 * thread, a loop over `indexOf` held it for minutes with 100 ms allowed. A thread can be ended whatever it does.
 */
export class ExpressionThread {
  readonly #bell = new Int32Array(new SharedArrayBuffer(4))
  readonly #port: MessagePort
  readonly #worker: Worker
  #isOver = false

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const start: ThreadStart = { bell: this.#bell, port: port2 }
    this.#worker = new Worker(new URL('./expression-worker.ts', import.meta.url), {
      workerData: start,
      transferList: [port2],
      // Nothing of the process reaches it, also not its secrets.
      env: {},
      stdin: false,
    })
    this.#worker.on('error', () => {
      this.#isOver = true
    })
    this.#worker.unref()
    this.#port.unref()
    if (Atomics.wait(this.#bell, 0, 0, startMs) === 'timed-out') {
      this.end()
      throw new Error('the thread of expressions did not start')
    }
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Undefined when the answer did not come in time; the thread is ended then. */
  ask(question: ExpressionQuestion): ExpressionAnswer | undefined {
    Atomics.store(this.#bell, 0, 0)
    this.#port.postMessage(question)
    Atomics.wait(this.#bell, 0, 0, question.timeoutMs + graceMs)
    const received = receiveMessageOnPort(this.#port) as { message: ExpressionAnswer } | undefined
    const answer = received?.message
    if (answer === undefined || ('isBroken' in answer && answer.isBroken)) this.end()
    return answer
  }

  end(): void {
    this.#isOver = true
    this.#port.close()
    void this.#worker.terminate()
  }
}
