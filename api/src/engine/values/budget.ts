import { ValueFault } from './fault.ts'

/** What one rendering may cost; templates come from people and must not stop the process. */
export const valueLimits = {
  /** Of this thread, and of expressions that it waits for: others on the machine do not count. */
  timeMs: 500,
  /** On the wall, whatever the machine does meanwhile. */
  patienceMs: 2000,
  /** UTF-16 units of any text it makes, the result included. */
  textLength: 8 * 1024 * 1024,
  listLength: 100_000,
  /** Of all texts and lists that the functions of one rendering answer. */
  madeLength: 64 * 1024 * 1024,
  /** Of `template` calls and of variables inside variables. */
  depth: 50,
  /** Of a text that a regular expression searches: re2js needs 0.2 µs for each. */
  searchLength: 1024 * 1024,
} as const

const firstLookMs = 50
const laterLookMs = 10

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Counts what one rendering does, or all renderings of one configuration together. */
export class Budget {
  readonly #now: () => number
  #from: number
  /** Until then nothing has to be looked at. */
  #nextLook: number
  #cpuFrom: number | undefined
  #waitedMs = 0
  #steps = 0
  #made = 0
  depth = 0

  constructor(now: () => number) {
    this.#now = now
    this.#from = now()
    this.#nextLook = this.#from + firstLookMs
  }

  /** For every round of a range. A round is cheap, so the clock is asked at each 256th only. */
  step(): void {
    if ((++this.#steps & 255) === 0) this.call()
  }

  /** For every call: one can take milliseconds (a hash of a long text), so the clock (30 ns) is asked each time. */
  call(): void {
    const now = this.#now()
    if (now > this.#nextLook) this.#look(now)
  }

  /** An expression was waited for, which another thread computes. */
  waited(ms: number): void {
    this.#waitedMs += ms
    this.call()
  }

  /** Something that is no part of the rendering took its time, such as a thread that had to be started. */
  excuse(ms: number): void {
    this.#from += ms
    this.#nextLook += ms
  }

  /** What this thread has computed costs 1.3 µs to ask, so it is asked rarely, and of quick renderings never. */
  #look(now: number): void {
    const cpu = cpuMs()
    this.#cpuFrom ??= cpu - firstLookMs
    this.#nextLook = now + laterLookMs
    const spent = cpu - this.#cpuFrom + this.#waitedMs
    if (spent > valueLimits.timeMs || now - this.#from > valueLimits.patienceMs) {
      throw new ValueFault(`rendering took longer than ${valueLimits.timeMs} ms; use fewer or smaller loops`)
    }
  }

  /** For every text or list that a function answers: each may be large, all together must fit into memory. */
  made(value: unknown): void {
    if (typeof value === 'string') this.#spend(value.length, () => this.length(value.length))
    // An element takes about as much room as eight characters.
    else if (Array.isArray(value)) this.#spend(value.length * 8, () => this.count(value.length))
  }

  #spend(room: number, check: () => void): void {
    check()
    this.#made += room
    if (this.#made > valueLimits.madeLength) {
      throw new ValueFault('rendering makes too many large texts and lists; use fewer or smaller loops')
    }
  }

  /** To be asked before a text of that length is made. */
  length(length: number): void {
    if (!(length <= valueLimits.textLength)) {
      throw new ValueFault(
        `a text here would be longer than ${valueLimits.textLength / 1024 / 1024} Mi characters`,
      )
    }
  }

  /** To be asked before a list of that many elements is made. */
  count(count: number): void {
    if (!(count <= valueLimits.listLength)) {
      throw new ValueFault(`a list here would have more than ${valueLimits.listLength} elements`)
    }
  }
}
