import { patternProblem } from '../inputs.ts'
import type { ReadCondition } from '../read/action.ts'
import type { Entry, Reader } from '../read/reader.ts'
import type { ReadStep } from '../read/step.ts'
import { suggestion } from '../suggestion.ts'
import { isTemplated } from '../text/parse.ts'
import type { StepGraph } from './graph.ts'

const settableStates = ['DONE', 'PRUNE', 'TO_RETRY', 'RETRY_NOW', 'FATAL_ERROR', 'CLIENT_ERROR']
const checkableStates = ['DONE', 'CLIENT_ERROR', 'AFTERRUN_ERROR', 'SERVER_ERROR', 'FATAL_ERROR', 'TO_RETRY']
const orderOperators = new Set(['GT', 'LT', 'GE', 'LE'])
const patternOperators = new Set(['REGEXP', 'NOTREGEXP'])

/** What a step's conditions may say, given the other steps. */
export function checkConditions(
  reader: Reader,
  read: ReadStep,
  graph: StepGraph,
  statesOf: (step: string) => readonly string[],
): void {
  for (const condition of read.conditions) {
    checkKind(reader, read, condition)
    checkAssertions(reader, condition)
    for (const entry of condition.targets) checkTarget(reader, read, entry, graph, statesOf)
  }
}

function checkKind(
  reader: Reader,
  read: ReadStep,
  { condition, at, foreachAt, on, targets }: ReadCondition,
): void {
  const isLoop = read.step.foreach !== undefined
  if (condition.type === 'skip' && targets.length > 0 && !targets.some((entry) => entry.name === 'this')) {
    reader.fault(
      at,
      'skip-without-this',
      'A skip must say what becomes of its own step: add "this: DONE" or another state to then.',
    )
  }
  if (foreachAt !== undefined && (condition.type !== 'skip' || !isLoop)) {
    reader.fault(foreachAt, 'conflict', 'foreach in a condition belongs to a skip on a step with foreach.')
  }
  for (const { text, place } of on) {
    if (condition.type === 'skip') {
      reader.fault(place, 'conflict', 'on belongs to a check: a skip is asked before the action runs.')
    } else if (!checkableStates.includes(text)) {
      const hint = suggestion(text, checkableStates)
      reader.fault(
        place,
        'unknown-state',
        `A check can be asked on ${checkableStates.join(', ')}, not on ${text}${hint}`,
      )
    }
  }
}

export function checkAssertions(reader: Reader, { condition, assertions }: ReadCondition): void {
  if (condition.if.length === 0 && assertions.length === 0) return
  condition.if.forEach((assertion, i) => {
    const places = assertions[i]
    if (places === undefined) return
    if (patternOperators.has(assertion.operator) && !isTemplated(assertion.expected)) {
      const problem = patternProblem(assertion.expected)
      if (problem !== undefined) reader.fault(places.expectedAt, 'invalid-regex', problem)
    }
    if (!orderOperators.has(assertion.operator)) return
    for (const [text, at] of [
      [assertion.value, places.valueAt],
      [assertion.expected, places.expectedAt],
    ] as const) {
      if (!isTemplated(text) && !/^\s*[+-]?\d+(?:\.\d+)?\s*$/.test(text)) {
        reader.fault(at, 'not-a-number', `${assertion.operator} compares numbers; "${text}" is none.`)
      }
    }
  })
}

function checkTarget(
  reader: Reader,
  read: ReadStep,
  entry: Entry,
  graph: StepGraph,
  statesOf: (step: string) => readonly string[],
): void {
  const own = read.step.name
  const target = entry.name === 'this' ? own : entry.name
  if (!graph.numbers.has(target)) {
    const hint = suggestion(target, graph.numbers.keys())
    reader.fault(entry.key, 'unknown-step', `There is no step "${target}" whose state could be set${hint}`)
    return
  }
  if (entry.name === own && read.step.foreach === undefined) {
    reader.fault(entry.key, 'condition-target', 'A step calls itself "this" here.')
  }
  if (target !== own && !graph.isAncestor(target, own) && !graph.isAncestor(own, target)) {
    reader.fault(
      entry.key,
      'condition-target',
      `"${target}" neither comes before "${own}" nor after it; only such steps can be set.`,
    )
  }
  const state = reader.text(entry.value, 'a state')
  const known = [...settableStates, ...statesOf(target)]
  if (state !== undefined && !known.includes(state)) {
    reader.fault(
      entry.value,
      'unknown-state',
      `"${state}" is no state that a condition can set: ${known.join(', ')}${suggestion(state, known)}`,
    )
  }
}
