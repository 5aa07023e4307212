import { limits } from '@stint/schema/limits'
import { parseJson } from '../../base/exact-json.ts'
import type { AnySql } from '../../postgres/connect.ts'
import type { StepPatch } from '../change.ts'
import { placeOf, type TaskKey } from '../seal.ts'
import { isFinal } from '../step.ts'
import { findLastAttempts, type StoredAttempt } from '../store/attempt.ts'
import type { StepRow } from '../store/step.ts'
import type { RawOutcome } from './outcome.ts'
import type { Plan } from './plan.ts'
import type { RunValues } from './values.ts'

/** What is read back of a task's attempts when an executor takes it up. */
export interface StoredOutputs {
  readonly attempts: readonly StoredAttempt[]
  /** Loops whose results are longer than may be kept; they were not read to the end. */
  readonly tooLarge: ReadonlySet<number>
}

interface Key {
  readonly taskId: string
  readonly stepNo: number
}

/** Results of items are read so many at once, and not beyond what may be kept of a loop. */
const itemsPerRead = 500

/**
 * Newest attempts by task: of steps that go on, and of the finished ones those that some template text may ask for; the
 * results of items only where `children` of their loop is read.
 */
export async function findOutputs(
  sql: AnySql,
  plans: ReadonlyMap<string, Plan | Error>,
  stepsOf: ReadonlyMap<string, readonly StepRow[]>,
): Promise<Map<string, StoredOutputs>> {
  const keys: Key[] = []
  const results: { taskId: string; loopNo: number; keys: Key[] }[] = []
  for (const [taskId, plan] of plans) {
    if (plan instanceof Error) continue
    const chosen = chooseKeys(taskId, plan, stepsOf.get(taskId) ?? [])
    keys.push(...chosen.keys)
    for (const [loopNo, itemKeys] of chosen.results) results.push({ taskId, loopNo, keys: itemKeys })
  }
  const attempts = keys.length > 0 ? [...(await findLastAttempts(sql, keys))] : []
  const tooLarge = new Map<string, Set<number>>()
  for (const { taskId, loopNo, keys: itemKeys } of results) {
    const read = await findResults(sql, itemKeys)
    if (read) attempts.push(...read)
    else tooLarge.set(taskId, (tooLarge.get(taskId) ?? new Set()).add(loopNo))
  }
  const byTask = Map.groupBy(attempts, (row) => row.taskId)
  const none: ReadonlySet<number> = new Set()
  return new Map(
    [...plans.keys()].map((taskId) => [
      taskId,
      { attempts: byTask.get(taskId) ?? [], tooLarge: tooLarge.get(taskId) ?? none },
    ]),
  )
}

function chooseKeys(taskId: string, plan: Plan, steps: readonly StepRow[]) {
  const keys: Key[] = []
  const results = new Map<number, Key[]>()
  for (const step of steps) {
    // What a step did before it was set back counts no more.
    if (step.attemptNo === 0 || step.state === 'TODO') continue
    const planNo = step.parentNo ?? step.no
    const isOver = isFinal(step.state, plan.steps[planNo]?.customStates ?? [])
    const key = { taskId, stepNo: step.no }
    // A step that goes on is given its previous output, whether or not anybody else asks for it.
    if (!isOver) keys.push(key)
    else if (step.parentNo === null) {
      if (plan.referenced.has(step.no)) keys.push(key)
    } else if (plan.readsChildren.has(step.parentNo)) {
      const ofLoop = results.get(step.parentNo)
      if (ofLoop) ofLoop.push(key)
      else results.set(step.parentNo, [key])
    }
  }
  return { keys, results }
}

/** Undefined when there is more than may be kept. */
async function findResults(sql: AnySql, keys: readonly Key[]): Promise<StoredAttempt[] | undefined> {
  const found: StoredAttempt[] = []
  let bytes = 0
  for (let from = 0; from < keys.length; from += itemsPerRead) {
    for (const attempt of await findLastAttempts(sql, keys.slice(from, from + itemsPerRead))) {
      bytes += attempt.output?.length ?? 0
      found.push(attempt)
    }
    if (bytes > limits.loopResultsBytesMax) return undefined
  }
  return found
}

interface StoredOutput {
  readonly output?: unknown
  readonly metadata?: Record<string, unknown>
  /** Of a loop: its list. */
  readonly items?: readonly unknown[]
  /** It was cut off while it went on after a wait; the output is what it had been given. */
  readonly waits?: true
}

/** Makes the values of a task what they were before it was handed over. */
export function restoreValues(
  values: RunValues,
  plan: Plan,
  key: TaskKey,
  steps: readonly StepPatch[],
  outputs: StoredOutputs | undefined,
): void {
  const attempts = new Map((outputs?.attempts ?? []).map((attempt) => [attempt.stepNo, attempt]))
  const opened = new Map<number, StoredOutput>()
  for (const attempt of attempts.values()) opened.set(attempt.stepNo, openOutput(attempt, key))
  // Lists before items: what an item came to is put into its loop.
  for (const step of steps) {
    const items = opened.get(step.no)?.items
    const isNeeded = step.state === 'EXPANDED' || plan.readsChildren.has(step.no)
    if (items && isNeeded) values.beginLoop(step.no, items)
    if (outputs?.tooLarge.has(step.no)) values.loopOf(step.no)?.overflow()
  }
  for (const step of steps) {
    values.setState(step.no, step, step.errorSummary)
    const attempt = attempts.get(step.no)
    if (attempt) values.setOutcome(step.no, outcomeOf(attempt, opened.get(step.no), step, key), step)
  }
  for (const step of steps) if (step.state !== 'EXPANDED' && values.loopOf(step.no)) values.endLoop(step.no)
}

function openOutput(attempt: StoredAttempt, key: TaskKey): StoredOutput {
  if (!attempt.output) return {}
  const text = key.openText(attempt.output, placeOf.attemptOutput(attempt.stepNo, attempt.no))
  return parseJson(text) as StoredOutput
}

/** As the step was left: conditions and retries may have given it another state than its attempt. */
function outcomeOf(
  attempt: StoredAttempt,
  stored: StoredOutput | undefined,
  step: StepPatch,
  key: TaskKey,
): RawOutcome {
  const { output, metadata, waits } = stored ?? {}
  const error = errorOf(attempt, step, key)
  // An attempt that was cut off has left no row: what stands there is the one it went on from.
  const wasWaiting = step.state === 'RUNNING' && (waits === true || attempt.state === 'WAITING')
  const state = wasWaiting ? 'WAITING' : step.state
  return { state, output, ...(metadata && { metadata }), ...(error && { error }) }
}

/** What was said about the step after its attempt is the last word. */
function errorOf(attempt: StoredAttempt, step: StepPatch, key: TaskKey): RawOutcome['error'] {
  if ((attempt.errorSummary ?? undefined) !== step.errorSummary)
    return step.errorSummary === undefined ? undefined : { message: step.errorSummary, kind: 'condition' }
  if (!attempt.error) return undefined
  return key.openJson(attempt.error, placeOf.attemptError(attempt.stepNo, attempt.no)) as RawOutcome['error']
}
