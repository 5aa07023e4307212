import type { Operation } from 'urql'

/** Tasks whose newest record number is remembered; the oldest knowledge goes first. */
const tasksMax = 2000

interface Answer {
  readonly operation: Operation
  readonly data?: unknown
}

/**
 * Answers overtake each other: what a command answers may have been read before the change that the socket has told already,
 * and would set the page back for good. Every task carries `lastSeq`, which only grows. An older task in the answer of a
 * mutation or subscription is cut down to its identity, so that the cache keeps what it knows; a query needs its data, so
 * an older one is asked again instead.
 */
export class NewestTasks {
  readonly #lastSeqs = new Map<string, number>()
  readonly #askAgain: (operation: Operation) => void

  constructor(askAgain: (operation: Operation) => void) {
    this.#askAgain = askAgain
  }

  /** The data of an answer without what is older than what was seen. */
  keep({ operation, data }: Answer): unknown {
    if (data === undefined || data === null) return data
    let hasOlder = false
    const isQuery = operation.kind === 'query'
    const walk = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(walk)
      if (typeof value !== 'object' || value === null) return value
      const identity = this.#olderTask(value)
      if (identity) hasOlder = true
      if (identity && !isQuery) return identity
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each)]))
    }
    const kept = walk(data)
    if (hasOlder && isQuery) this.#askAgain(operation)
    return kept
  }

  /** The identity of a task that is older than what was seen of it; remembers it when it is newer. */
  #olderTask(value: object): { __typename: string; id: string } | undefined {
    const { __typename, id, lastSeq } = value as { __typename?: unknown; id?: unknown; lastSeq?: unknown }
    if (__typename !== 'Task' || typeof id !== 'string' || typeof lastSeq !== 'number') return undefined
    if (lastSeq < (this.#lastSeqs.get(id) ?? 0)) return { __typename, id }
    this.#lastSeqs.delete(id)
    this.#lastSeqs.set(id, lastSeq)
    if (this.#lastSeqs.size > tasksMax) this.#lastSeqs.delete(this.#lastSeqs.keys().next().value as string)
    return undefined
  }
}
