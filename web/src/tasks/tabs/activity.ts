import { taskReasons, taskResults, taskStates } from '@stint/schema/words'
import { stepStateText, stepStatus, type Tone, taskStatus } from '../../kit/status.ts'
import type { StepOfList } from '../step/steps.ts'

export interface TaskEvent {
  readonly seq: number
  readonly at: string
  readonly kind: 'TASK' | 'STEP' | 'COMMAND' | 'COMMENT' | 'REPORT'
  readonly name: string
  readonly stepNo: number | null
  readonly actor: string | null
  readonly data: unknown
}

const record = (data: unknown): Record<string, unknown> =>
  data !== null && typeof data === 'object' ? (data as Record<string, unknown>) : {}

const text = (value: unknown): string | undefined => {
  if (typeof value === 'string' && value !== '') return value
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'))
    return value.join(', ')
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

// `retryStep`, `retry-step` and `RETRY_STEP` all read `retry step`.
const spaced = (name: string) =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_.]/g, ' ')
    .toLowerCase()

const capital = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1)

/** What a comment says; undefined for every other event. */
export const commentOf = (event: TaskEvent): string | undefined =>
  event.kind === 'COMMENT' ? (text(record(event.data).text) ?? '') : undefined

// Names of facts as people say them; what the line says already is left out.
const factNames: Record<string, string | undefined> = {
  dueAt: 'next try',
  tryNo: 'try',
  attemptNo: 'attempt',
  reset: 'begin again',
  pruned: 'left out',
}
const said = new Set(['reason', 'result', 'text'])

// What was before what is; an object keeps no order on its way here.
const entriesOf = (data: unknown) =>
  Object.entries(record(data)).toSorted(([one], [other]) => Number(other === 'from') - Number(one === 'from'))

function factsOf(event: TaskEvent): string {
  const parts = entriesOf(event.data).flatMap(([name, value]) => {
    const shown = text(value)
    if (shown === undefined || (event.kind === 'TASK' && said.has(name))) return []
    return [`${factNames[name] ?? spaced(name)}: ${shown}`]
  })
  return parts.join(' · ')
}

function titleOf(event: TaskEvent, stepName: string | undefined): string {
  const where = stepName ? ` · ${stepName}` : ''
  if (event.kind === 'STEP') return `${stepName ?? 'Step'} · ${stepStateText(event.name)}`
  if (event.kind !== 'TASK') return `${capital(spaced(event.name))}${where}`
  const { reason, result } = record(event.data)
  const why = [text(result), text(reason)].filter((word) => word !== undefined && word !== event.name)
  return [capital(spaced(event.name)), ...[...new Set(why)].map((word) => spaced(word ?? ''))].join(' · ')
}

// Items of a loop are not loaded with the task: their number names them.
function stepNameOf({ stepNo }: TaskEvent, steps: readonly StepOfList[]): string | undefined {
  if (stepNo === null) return undefined
  return steps.find((one) => one.no === stepNo)?.name ?? `Step ${stepNo}`
}

/** An event of a task as a line of its record. */
export function lineOf(event: TaskEvent, steps: readonly StepOfList[]): { title: string; details: string } {
  if (event.kind === 'COMMENT') return { title: 'Comment', details: '' }
  return { title: titleOf(event, stepNameOf(event, steps)), details: factsOf(event) }
}

/** The colour of the line's dot: that of the state it tells about. */
export function toneOf(event: TaskEvent): Tone {
  if (event.kind === 'STEP') return stepStatus({ state: event.name }).tone
  if (event.kind !== 'TASK') return 'idle'
  const { result, reason } = record(event.data)
  const state = taskStates.find((one) => one === event.name)
  const known = taskResults.find((one) => one === result) ?? 'pending'
  return state
    ? taskStatus(
        state,
        known,
        taskReasons.find((one) => one === reason),
      ).tone
    : 'idle'
}
