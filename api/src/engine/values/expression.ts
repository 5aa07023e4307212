import { parseJson } from '../../base/exact-json.ts'
import { type ExpressionAnswer, type ExpressionFault, ExpressionThread } from './expression-thread.ts'

/*
 * JavaScript expressions of templates: variables, and `if` of a step. They run in QuickJS, in a thread of their own that is ended
 * when it does not answer in time (expression-thread.ts says why). Measured: the thread 100 ms once, then 0.3 ms for
 * `1 + 1`, 0.38 ms with 6 kB of data.
 */

export const expressionLimits = {
  /** The engine waits for the answer, and its heart must beat meanwhile; a longer wish is cut to this. */
  timeMs: 500,
  memoryBytes: 32 * 1024 * 1024,
  stackBytes: 256 * 1024,
  resultLength: 8 * 1024 * 1024,
} as const

/** An expression that gives no value; the message says what JavaScript said. */
export class ExpressionError extends Error {
  readonly fault: ExpressionFault

  constructor(fault: ExpressionFault, message: string) {
    super(message)
    this.name = 'ExpressionError'
    this.fault = fault
  }
}

/** Made when it is needed first, and again when it had to be ended. */
let thread: ExpressionThread | undefined

/**
 * The value of the last statement, as JSON; undefined for nothing, a function or a symbol. `data` is offered as globals of
 * its names (`input`, `step`, …), those that the text mentions. Throws ExpressionError, at the latest 50 ms after its time.
 */
export function evaluateExpression(
  text: string,
  data: Readonly<Record<string, unknown>> = {},
  timeoutMs: number = expressionLimits.timeMs,
): unknown {
  const names = Object.keys(data).filter((name) => text.includes(name) && data[name] !== undefined)
  const globals = Object.fromEntries(names.map((name) => [name, JSON.stringify(data[name]) ?? 'null']))
  const answer = ask(text, globals, timeoutMs, false)
  if ('fault' in answer) throw new ExpressionError(answer.fault, answer.message)
  if (answer.json === undefined) return undefined
  try {
    return parseJson(answer.json)
  } catch {
    // The expression has put something else in the place of JSON.stringify.
    throw new ExpressionError('result', 'the value cannot be written as JSON')
  }
}

/** Why a text is no JavaScript; undefined when it is. Nothing runs. */
export function expressionProblem(text: string): string | undefined {
  const answer = ask(text, {}, expressionLimits.timeMs, true)
  return 'fault' in answer ? `This is not JavaScript: ${answer.message}.` : undefined
}

/** Starts the thread when there is none: 100 ms, and more than a rendering may take on a busy machine. */
export function readyForExpressions(): void {
  if (thread === undefined || thread.isOver) thread = new ExpressionThread()
}

function ask(
  text: string,
  globals: Readonly<Record<string, string>>,
  wantedMs: number,
  onlyParse: boolean,
): ExpressionAnswer {
  const timeoutMs = Math.min(wantedMs, expressionLimits.timeMs)
  readyForExpressions()
  const answer = (thread as ExpressionThread).ask({
    text,
    globals,
    timeoutMs,
    onlyParse,
    limits: expressionLimits,
  })
  if (answer !== undefined && !('fault' in answer && answer.fault === 'time')) return answer
  return { fault: 'time', message: `the expression took longer than ${timeoutMs} ms` }
}
