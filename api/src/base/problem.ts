import { type ProblemCode, problems } from '@stint/schema/problems'

export interface ProblemOptions {
  /** The fields that the catalogue names for this code. */
  readonly details?: Record<string, unknown>
  readonly cause?: unknown
}

/**
 * Something a person or a program can act on: a code of the catalogue and a sentence that says what to do next.
 * Anything else that is thrown is a bug: it flies to the door, is logged there once and masked.
 */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly details: Record<string, unknown>

  constructor(code: ProblemCode, message: string, options: ProblemOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.details = options.details ?? {}
  }

  /** HTTP status of REST answers. */
  get status(): number {
    return problems[this.code].status
  }

  get retryable(): boolean {
    return problems[this.code].retryable
  }
}
