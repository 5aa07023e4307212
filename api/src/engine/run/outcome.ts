import { ActionError, type ActionResult } from '../action.ts'
import type { Birth } from '../change.ts'

/** What came out of one try of an action, before conditions and retries have their say. */
export interface RawOutcome {
  readonly state: string
  readonly output?: unknown
  readonly metadata?: Record<string, unknown>
  readonly tags?: Record<string, string>
  readonly error?: OutcomeError
  /** For WAITING: when to look again by itself. */
  readonly waitUntil?: Date
  /** Tasks to be born with it. */
  readonly births?: readonly Birth[]
}

export interface OutcomeError {
  readonly message: string
  readonly kind: string
  readonly detail?: string
  /** Of checks that could not be decided: what the action had answered, for when they are asked again. */
  readonly answered?: { readonly state: string; readonly error?: OutcomeError }
}

const stateOfKind = {
  client: 'CLIENT_ERROR',
  server: 'SERVER_ERROR',
  wait: 'WAITING',
  'retry-later': 'TO_RETRY',
  fatal: 'FATAL_ERROR',
} as const

/** Plug-ins answer what no type checker saw: no answer is an empty one, and a time must be a time. Throws for what is none. */
export function outcomeOfResult(result: ActionResult | undefined): RawOutcome {
  const { output, metadata, tags, wait, births } = result ?? {}
  if (wait?.until && !(wait.until instanceof Date && Number.isFinite(wait.until.getTime())))
    throw new ActionError('fatal', 'the action waits until something that is no time')
  return {
    state: wait ? 'WAITING' : 'DONE',
    output,
    ...(metadata && { metadata }),
    ...(tags && { tags }),
    ...(wait?.until && { waitUntil: wait.until }),
    ...(births && births.length > 0 && { births }),
  }
}

/** An error that the action did not class is taken as the target's fault: it is retried, and the stack is kept for developers. */
export function outcomeOfError(error: unknown): RawOutcome {
  if (error instanceof ActionError) {
    const detail = error.cause instanceof Error ? error.cause.stack : undefined
    return {
      state: stateOfKind[error.kind],
      output: error.output,
      ...(error.metadata && { metadata: error.metadata }),
      ...(error.tags && { tags: error.tags }),
      error: { message: error.message, kind: error.kind, ...(detail && { detail }) },
    }
  }
  const message = String(error instanceof Error ? error.message : error)
  const detail = error instanceof Error ? error.stack : undefined
  return { state: 'SERVER_ERROR', error: { message, kind: 'server', ...(detail && { detail }) } }
}

/** A fault of the step's own definition: no retry would help. */
export function fatalOutcome(message: string, kept: Partial<RawOutcome> = {}): RawOutcome {
  return { ...kept, state: 'FATAL_ERROR', error: { message, kind: 'fatal' } }
}

export interface AbortedTry {
  readonly isIdempotent: boolean
  readonly timeoutMs: number | undefined
  /** Of a try that continues a wait: what the one before answered, and the time now. */
  readonly continued: { readonly output: unknown; readonly at: Date } | undefined
}

export type AbortReason = 'cancelled' | 'given-up' | 'timeout' | 'shutdown'

/**
 * What an aborted try counts as. An interrupted action that is not idempotent needs a person; see engine/recover. One that went
 * on after a wait goes on waiting, with what it knew.
 */
export function outcomeOfAbort(
  reason: AbortReason,
  { isIdempotent, timeoutMs, continued }: AbortedTry,
): RawOutcome {
  if (reason === 'cancelled')
    return { state: 'CANCELLED', error: { message: 'cancelled', kind: 'cancelled' } }
  if (reason === 'given-up')
    return { state: 'CRASHED', error: { message: 'given up while it ran', kind: 'given-up' } }
  if (reason === 'timeout') {
    return {
      state: 'SERVER_ERROR',
      error: { message: `timed out after ${(timeoutMs ?? 0) / 1000} s`, kind: 'timeout' },
    }
  }
  const message = 'interrupted because its executor was stopped'
  if (isIdempotent && continued) {
    const error = { message, kind: 'interrupted' }
    return { state: 'WAITING', output: continued.output, waitUntil: continued.at, error }
  }
  return { state: isIdempotent ? 'RETRY_NOW' : 'CRASHED', error: { message, kind: 'interrupted' } }
}
