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

/** The facts that an event carries, in words: `error: quota exceeded · try: 3`. */
function details(event: TaskEvent): string {
  const parts = Object.entries(record(event.data)).flatMap(([name, value]) => {
    const shown = text(value)
    return shown === undefined ? [] : [`${spaced(name)}: ${shown}`]
  })
  return parts.join(' · ')
}

/** An event of a task as a line of its record. */
export function lineOf(event: TaskEvent, steps: readonly StepOfList[]): { title: string; details: string } {
  const step = event.stepNo === null ? undefined : steps.find((one) => one.no === event.stepNo)
  const where = step ? ` · ${step.name}` : ''
  if (event.kind === 'COMMENT') return { title: 'Comment', details: '' }
  if (event.kind === 'COMMAND')
    return { title: `${capital(spaced(event.name))}${where}`, details: details(event) }
  if (event.kind === 'STEP')
    return { title: `${step?.name ?? 'Step'} · ${spaced(event.name)}`, details: details(event) }
  return { title: `${capital(spaced(event.name))}${where}`, details: details(event) }
}
