import {
  getQuickJS,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  Scope,
} from 'quickjs-emscripten'
import { parseJson } from './number.ts'

/*
 * JavaScript expressions of templates (variables, `if` of a step) run in QuickJS compiled to WebAssembly: no object of ours
 * exists in there, only JSON goes in and comes out. Each evaluation has a runtime of its own, so nothing is left for the next
 * one. Both limits are needed: with the memory limit alone a loop over strings ran for seconds. Regular expressions are
 * interrupted too (tried: `/^(a+)+$/` stops at the deadline). Handles belong to a Scope: one that leaks aborts the module.
 * Measured: module 10 ms once, then 0.18 ms for `1 + 1`, 0.24 ms with 6 kB of data.
 */
const quickjs = await getQuickJS()

export const expressionLimits = {
  /** Evaluation runs in the thread of the engine, whose heart must beat; a longer wish is cut to this. */
  timeMs: 1000,
  memoryBytes: 32 * 1024 * 1024,
  stackBytes: 256 * 1024,
  resultLength: 8 * 1024 * 1024,
} as const

export type ExpressionFault = 'syntax' | 'thrown' | 'time' | 'memory' | 'result'

/** An expression that gives no value; the message says what JavaScript said. */
export class ExpressionError extends Error {
  readonly fault: ExpressionFault

  constructor(fault: ExpressionFault, message: string) {
    super(message)
    this.name = 'ExpressionError'
    this.fault = fault
  }
}

/**
 * The value of the last statement, as JSON; undefined for nothing, a function or a symbol. `data` is offered as globals of
 * its names (`input`, `step`, …), those that the text mentions. Throws ExpressionError.
 */
export function evaluateExpression(
  text: string,
  data: Readonly<Record<string, unknown>> = {},
  timeoutMs: number = expressionLimits.timeMs,
): unknown {
  const deadline = performance.now() + Math.min(timeoutMs, expressionLimits.timeMs)
  return Scope.withScope((scope) => {
    const { context, runtime } = open(scope)
    let isOver = false
    runtime.setInterruptHandler(() => {
      isOver ||= performance.now() > deadline
      return isOver
    })
    const say = (error: QuickJSHandle) => {
      const dumped: unknown = context.dump(error)
      error.dispose()
      return faultOf(dumped, isOver, timeoutMs)
    }
    if (text.includes('random')) seedRandom(context)
    offer(scope, context, text, data)
    const evaluated = context.evalCode(text, 'expression')
    if (evaluated.error !== undefined) throw say(evaluated.error)
    const json = stringify(scope, context, scope.manage(evaluated.value))
    if (json.error !== undefined) throw say(json.error)
    return readResult(context, scope.manage(json.value))
  })
}

/** Why a text is no JavaScript; undefined when it is. Nothing runs. */
export function expressionProblem(text: string): string | undefined {
  return Scope.withScope((scope) => {
    const { context } = open(scope)
    const result = context.evalCode(text, 'expression', { compileOnly: true })
    if (result.error === undefined) {
      result.value.dispose()
      return undefined
    }
    const dumped: unknown = context.dump(result.error)
    result.error.dispose()
    return `This is not JavaScript: ${messageOf(dumped)}.`
  })
}

function open(scope: Scope): { context: QuickJSContext; runtime: QuickJSRuntime } {
  const runtime = scope.manage(quickjs.newRuntime())
  runtime.setMemoryLimit(expressionLimits.memoryBytes)
  runtime.setMaxStackSize(expressionLimits.stackBytes)
  return { runtime, context: scope.manage(runtime.newContext()) }
}

/** QuickJS seeds Math.random with the clock in milliseconds: two evaluations in one would get the same numbers. This is sfc32. */
function seedRandom(context: QuickJSContext): void {
  const [a, b, c] = crypto.getRandomValues(new Uint32Array(3))
  const made = context.evalCode(`{ let [a, b, c, n] = [${a}, ${b}, ${c}, 1]
Math.random = () => {
  const t = (((a + b) | 0) + n++) | 0
  a = b ^ (b >>> 9); b = (c + (c << 3)) | 0; c = (((c << 21) | (c >>> 11)) + t) | 0
  return (t >>> 0) / 4294967296
} }`)
  if (made.error !== undefined) made.error.dispose()
  else made.value.dispose()
}

/** JSON texts become values inside, by the JSON of QuickJS itself. */
function offer(
  scope: Scope,
  context: QuickJSContext,
  text: string,
  data: Readonly<Record<string, unknown>>,
): void {
  const names = Object.keys(data).filter((name) => text.includes(name) && data[name] !== undefined)
  if (names.length === 0) return
  const json = scope.manage(context.getProp(context.global, 'JSON'))
  const parse = scope.manage(context.getProp(json, 'parse'))
  for (const name of names) {
    const source = scope.manage(context.newString(JSON.stringify(data[name]) ?? 'null'))
    const parsed = context.callFunction(parse, json, source)
    if (parsed.error !== undefined) {
      parsed.error.dispose()
      throw new ExpressionError('memory', `the data of "${name}" is too large for an expression`)
    }
    context.setProp(context.global, name, scope.manage(parsed.value))
  }
}

function stringify(scope: Scope, context: QuickJSContext, value: QuickJSHandle) {
  // Taken from a fresh global: the expression may have replaced JSON.stringify, but only with code of its own world.
  const json = scope.manage(context.getProp(context.global, 'JSON'))
  const write = scope.manage(context.getProp(json, 'stringify'))
  return context.callFunction(write, json, value)
}

function readResult(context: QuickJSContext, json: QuickJSHandle): unknown {
  const type = context.typeof(json)
  if (type === 'undefined') return undefined
  if (type !== 'string') throw new ExpressionError('result', 'the value cannot be written as JSON')
  const length = context.getProp(json, 'length').consume((handle) => context.getNumber(handle))
  if (length > expressionLimits.resultLength) {
    throw new ExpressionError('result', `the value has more than ${expressionLimits.resultLength} characters`)
  }
  try {
    return parseJson(context.getString(json))
  } catch {
    throw new ExpressionError('result', 'the value cannot be written as JSON')
  }
}

function faultOf(error: unknown, isOver: boolean, timeoutMs: number): ExpressionError {
  if (isOver) {
    const ms = Math.min(timeoutMs, expressionLimits.timeMs)
    return new ExpressionError('time', `the expression took longer than ${ms} ms`)
  }
  const message = messageOf(error)
  if (/out of memory|string too long|stack overflow/i.test(message))
    return new ExpressionError('memory', message)
  return new ExpressionError(message.startsWith('SyntaxError') ? 'syntax' : 'thrown', message)
}

function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error).slice(0, 500)
  const { name, message } = error as { name?: unknown; message?: unknown }
  return `${String(name ?? 'Error')}: ${String(message ?? '')}`.slice(0, 500)
}
