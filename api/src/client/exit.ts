/** What `stint` ends with; a script reads the outcome of a task from it. Told in `stint --help`. */
export const exitCodes = {
  success: 0,
  error: 1,
  usage: 2,
  warning: 3,
  cancelled: 4,
  needsPerson: 5,
  unreachable: 6,
  stillRunning: 7,
  maintenance: 8,
} as const

export const exitCodeWords: Record<number, string> = {
  0: 'success',
  1: 'error, or the server refused',
  2: 'the command line is wrong',
  3: 'warning: done, but a step was skipped or its failure tolerated',
  4: 'cancelled',
  5: 'paused, or waiting for approval or an answer: it needs a person',
  6: 'the server cannot be reached',
  7: 'still going when the time of --wait was over',
  8: 'not done: the installation is in maintenance; later it may be',
}

/** Ends the command: the message goes to standard error, and below it what to do next. */
export class CliError extends Error {
  readonly exitCode: number
  readonly hint: string | undefined
  /** A code of the problem catalogue, when the server said one. */
  readonly code: string | undefined

  constructor(message: string, options: { exitCode?: number; hint?: string; code?: string } = {}) {
    super(message)
    this.name = 'CliError'
    this.exitCode = options.exitCode ?? exitCodes.error
    this.hint = options.hint
    this.code = options.code
  }
}

/** Would the same command succeed some time later? */
export function isPassing(error: unknown): error is CliError {
  return (
    error instanceof CliError &&
    (error.exitCode === exitCodes.unreachable || error.exitCode === exitCodes.maintenance)
  )
}

export function usageError(message: string, hint?: string): CliError {
  return new CliError(message, { exitCode: exitCodes.usage, hint })
}

/** What of a form does not fit, a line each; the sentence of a single one is the whole message. */
export function inputsError(
  {
    message,
    fields,
  }: {
    readonly message: string
    readonly fields: readonly { readonly name: string; readonly message: string }[]
  },
  hint?: string,
): CliError {
  const lines = fields.map((field) => (field.name === '' ? field.message : `${field.name}: ${field.message}`))
  const many = [`${lines.length} values do not fit:`, ...lines.map((line) => `  ${line}`)].join('\n')
  return usageError(lines.length > 1 ? many : (lines[0] ?? message), hint)
}

export interface Outcome {
  readonly state: string
  readonly result: string
  readonly reason: string | null
}

const resultCodes: Record<string, number> = {
  SUCCESS: exitCodes.success,
  WARNING: exitCodes.warning,
  ERROR: exitCodes.error,
  CANCELLED: exitCodes.cancelled,
}

/** Nothing more happens to it without a person. */
export function isSettled({ state, reason }: Outcome): boolean {
  return state === 'STOPPED' || state === 'PAUSED' || reason === 'APPROVAL' || reason === 'WAITING_INPUT'
}

export function outcomeCode(outcome: Outcome): number {
  if (!isSettled(outcome)) return exitCodes.stillRunning
  return outcome.state === 'STOPPED'
    ? (resultCodes[outcome.result] ?? exitCodes.error)
    : exitCodes.needsPerson
}
