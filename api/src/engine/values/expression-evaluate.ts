import {
  getQuickJS,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  Scope,
} from 'quickjs-emscripten'
import type { ExpressionAnswer, ExpressionFault, ExpressionQuestion } from './expression-thread.ts'

/*
 * The part that runs in the thread of expressions: QuickJS compiled to WebAssembly. No object of ours exists in there, only
 * JSON texts go in and come out. Each evaluation has a runtime of its own, so nothing is left for the next one. Handles
 * belong to a Scope: one that leaks aborts the module.
 */
const quickjs = await getQuickJS()

/** Evaluates, or only parses; never throws. */
export function answerOf(question: ExpressionQuestion): ExpressionAnswer {
  try {
    return Scope.withScope((scope) => evaluate(scope, question))
  } catch (error) {
    // The module itself has given up (an assertion of its own, no more memory of WebAssembly).
    const message = error instanceof Error ? error.message : String(error)
    return { fault: 'memory', message: message.slice(0, 500), isBroken: true }
  }
}

function evaluate(scope: Scope, question: ExpressionQuestion): ExpressionAnswer {
  const { text, timeoutMs, limits } = question
  const deadline = performance.now() + timeoutMs
  const { context, runtime } = open(scope, limits)
  let isOver = false
  runtime.setInterruptHandler(() => {
    isOver ||= performance.now() > deadline
    return isOver
  })
  const say = (error: QuickJSHandle): ExpressionAnswer => {
    const dumped: unknown = context.dump(error)
    error.dispose()
    return faultOf(dumped, isOver)
  }
  if (text.includes('random')) seedRandom(context)
  const refused = offer(scope, context, question.globals)
  if (refused !== undefined) return refused
  const evaluated = context.evalCode(text, 'expression', { compileOnly: question.onlyParse })
  if (evaluated.error !== undefined) return say(evaluated.error)
  const value = scope.manage(evaluated.value)
  if (question.onlyParse) return { json: undefined }
  const json = stringify(scope, context, value)
  if (json.error !== undefined) return say(json.error)
  return resultOf(context, scope.manage(json.value), limits.resultLength)
}

function open(
  scope: Scope,
  limits: ExpressionQuestion['limits'],
): { context: QuickJSContext; runtime: QuickJSRuntime } {
  const runtime = scope.manage(quickjs.newRuntime())
  runtime.setMemoryLimit(limits.memoryBytes)
  runtime.setMaxStackSize(limits.stackBytes)
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
  globals: Readonly<Record<string, string>>,
): ExpressionAnswer | undefined {
  const json = scope.manage(context.getProp(context.global, 'JSON'))
  const parse = scope.manage(context.getProp(json, 'parse'))
  for (const [name, text] of Object.entries(globals)) {
    const parsed = context.callFunction(parse, json, scope.manage(context.newString(text)))
    if (parsed.error !== undefined) {
      parsed.error.dispose()
      return { fault: 'memory', message: `the data of "${name}" is too large for an expression` }
    }
    context.setProp(context.global, name, scope.manage(parsed.value))
  }
  return undefined
}

/** With the JSON of that world, which the expression may have changed, but only for itself. */
function stringify(scope: Scope, context: QuickJSContext, value: QuickJSHandle) {
  const json = scope.manage(context.getProp(context.global, 'JSON'))
  const write = scope.manage(context.getProp(json, 'stringify'))
  return context.callFunction(write, json, value)
}

function resultOf(context: QuickJSContext, json: QuickJSHandle, lengthMax: number): ExpressionAnswer {
  const type = context.typeof(json)
  if (type === 'undefined') return { json: undefined }
  if (type !== 'string') return { fault: 'result', message: 'the value cannot be written as JSON' }
  const length = context.getProp(json, 'length').consume((handle) => context.getNumber(handle))
  if (length > lengthMax)
    return { fault: 'result', message: `the value has more than ${lengthMax} characters` }
  return { json: context.getString(json) }
}

function faultOf(error: unknown, isOver: boolean): ExpressionAnswer {
  if (isOver) return { fault: 'time', message: '' }
  const message = messageOf(error)
  const isMemory = /out of memory|string too long|stack overflow/i.test(message)
  const fault: ExpressionFault = isMemory ? 'memory' : message.startsWith('SyntaxError') ? 'syntax' : 'thrown'
  return { fault, message }
}

function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error).slice(0, 500)
  const { name, message } = error as { name?: unknown; message?: unknown }
  return `${String(name ?? 'Error')}: ${String(message ?? '')}`.slice(0, 500)
}
