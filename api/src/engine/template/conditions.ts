import type { ConditionAssertion, StepCondition } from '@stint/schema/template-types'
import { ValueError, ValueFault } from '../values/fault.ts'
import { compiledPattern } from '../values/functions/patterns.ts'
import { compareNumbers } from '../values/number.ts'
import { type RenderOptions, renderText, sharing } from '../values/template.ts'

/** What a condition that holds does: `this` or a step name → state, with its rendered message. */
export interface ConditionMatch {
  readonly then: Readonly<Record<string, string>>
  readonly message: string
}

export interface Verdict {
  /** In order; where two name the same step the later one wins. */
  readonly matches: readonly ConditionMatch[]
  /** A condition that cannot be decided; those before it still count. */
  readonly error?: string
}

export interface ConditionOptions extends RenderOptions {
  /** Name of the step that `this` means, so that later conditions see the state that earlier ones gave it. */
  readonly step?: string
  /** For skips of a loop: those asked once for the loop itself, or (default) those asked for each item. */
  readonly foreach?: 'parent' | 'children'
  /** For checks: the state the action ended in; a check is asked after DONE, CLIENT_ERROR, AFTERRUN_ERROR and its own `on`. */
  readonly state?: string
  /** What `.function_args` is for a condition that a function brought along. */
  readonly argumentsOf?: (condition: StepCondition) => unknown
}

const checkedStates = new Set(['DONE', 'CLIENT_ERROR', 'AFTERRUN_ERROR'])
/** What a template prints for a missing value; to a condition it is the empty text. */
const noValue = '<no value>'

/**
 * Asks the conditions of one kind, in order. Each that holds changes the states that those behind it see; one that is `final`
 * ends the questions. Never throws: what cannot be decided is the verdict's error. `data` is not changed.
 */
export function evaluateConditions(
  conditions: readonly StepCondition[],
  kind: StepCondition['type'],
  data: object,
  options: ConditionOptions = {},
): Verdict {
  const matches: ConditionMatch[] = []
  // One budget for all of them: many slow conditions must not add up.
  const shared = sharing(options)
  let seen = data
  for (const [i, condition] of conditions.entries()) {
    if (condition.type !== kind || !isAsked(condition, options)) continue
    try {
      const own = withArguments(seen, options.argumentsOf?.(condition))
      if (!condition.if.every((assertion) => holds(assertion, own, shared))) continue
      const message = renderText(condition.message, own, shared)
      // biome-ignore lint/suspicious/noThenProperty: the word of the template language; an object, never a function.
      matches.push({ then: condition.then, message })
      seen = withStates(seen, condition.then, options.step)
      if (condition.final) break
    } catch (error) {
      if (!(error instanceof ValueError || error instanceof ValueFault)) throw error
      return { matches, error: `${kind} condition ${i + 1}: ${error.message}` }
    }
  }
  return { matches }
}

function isAsked(condition: StepCondition, { foreach = 'children', state }: ConditionOptions): boolean {
  if (condition.type === 'skip') return (condition.foreach ?? 'children') === foreach
  return state === undefined || checkedStates.has(state) || condition.on.includes(state)
}

/** Does one assertion hold? Throws ValueError or ValueFault where it cannot be decided. */
export function holds(assertion: ConditionAssertion, data: object, options: RenderOptions = {}): boolean {
  const value = renderText(assertion.value, data, options).replaceAll(noValue, '')
  const expected = renderText(assertion.expected, data, options).replaceAll(noValue, '')
  switch (assertion.operator) {
    case 'EQ':
      return value === expected
    case 'NE':
      return value !== expected
    case 'GT':
      return order(value, expected, 'GT') > 0
    case 'LT':
      return order(value, expected, 'LT') < 0
    case 'GE':
      return order(value, expected, 'GE') >= 0
    case 'LE':
      return order(value, expected, 'LE') <= 0
    case 'REGEXP':
      return matchesPattern(value, expected)
    case 'NOTREGEXP':
      return !matchesPattern(value, expected)
    case 'IN':
      return isInList(value, expected, assertion.listSeparator)
    case 'NOTIN':
      return !isInList(value, expected, assertion.listSeparator)
  }
}

/** µTask compares 32-bit whole numbers; here every decimal number is compared, whole ones exactly. */
function order(value: string, expected: string, operator: string): number {
  return compareNumbers(numberIn(value, operator), numberIn(expected, operator))
}

function numberIn(text: string, operator: string): number | bigint {
  const trimmed = text.trim()
  if (/^[+-]?\d+$/.test(trimmed)) return BigInt(trimmed)
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed)
  const shown = trimmed === '' ? 'an empty value' : `"${trimmed.slice(0, 50)}"`
  throw new ValueFault(`${operator} compares numbers, and ${shown} is none`)
}

const searchLengthMax = 1024 * 1024

function matchesPattern(text: string, pattern: string): boolean {
  if (text.length > searchLengthMax) {
    throw new ValueFault(`a text of ${text.length} characters is too long to be searched`)
  }
  return compiledPattern(pattern).matcher(text).find()
}

/** The list stands in the value, its items trimmed; the needle in what is expected, as it is. */
function isInList(list: string, needle: string, separator: string): boolean {
  return list.split(separator).some((item) => item.trim() === needle)
}

function withArguments(data: object, functionArgs: unknown): object {
  return functionArgs === undefined ? data : { ...data, function_args: functionArgs }
}

/** The data as it looks after a condition has set states; copies only what differs. */
function withStates(data: object, then: Readonly<Record<string, string>>, own: string | undefined): object {
  const steps = { ...(data as { step?: Record<string, unknown> }).step }
  for (const [target, state] of Object.entries(then)) {
    const names = target === 'this' || target === own ? ['this', own] : [target]
    for (const name of names) {
      if (name !== undefined) steps[name] = { ...(steps[name] as object | undefined), state }
    }
  }
  return { ...data, step: steps }
}

/** The last word on each step: `this` apart from the others. */
export function lastWords(
  matches: readonly ConditionMatch[],
): Map<string, { state: string; message: string }> {
  const words = new Map<string, { state: string; message: string }>()
  for (const { then, message } of matches) {
    for (const [target, state] of Object.entries(then)) words.set(target, { state, message })
  }
  return words
}
