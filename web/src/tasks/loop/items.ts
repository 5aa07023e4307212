import type { StatePart } from '../../kit/chart/StateBar.tsx'
import { type Status, stepStatus, type Tone } from '../../kit/status.ts'

export interface StateCount {
  readonly state: string
  readonly count: number
}

/** Items of a loop that are shown as one, and the states by which the server is asked for them. */
export interface ItemGroup extends StatePart {
  readonly states: readonly string[]
}

const words: readonly [Tone, string][] = [
  ['success', 'Done'],
  ['warning', 'Skipped'],
  ['cancelled', 'Left out'],
  ['error', 'Failed'],
  ['running', 'Running'],
  ['waiting', 'Waiting'],
  ['idle', 'To do'],
]

// A failure that is tried again counts as waiting; in its row it still has the state that the try ended with.
const askedFor = (state: string): readonly string[] =>
  state === 'TO_RETRY' ? ['TO_RETRY', 'SERVER_ERROR', 'AFTERRUN_ERROR'] : [state]

/** The items of a loop by what people want to know of them, as a bar of progress reads: over first, to do last. Absent ones are left out. */
export function groupsOf(counts: readonly StateCount[]): ItemGroup[] {
  const byTone = Map.groupBy(counts, ({ state }) => stepStatus({ state }).tone)
  return words.flatMap(([tone, word]) => {
    const found = byTone.get(tone) ?? []
    const count = found.reduce((sum, one) => sum + one.count, 0)
    return count > 0 ? [{ tone, word, count, states: found.flatMap(({ state }) => askedFor(state)) }] : []
  })
}

interface Loop {
  readonly state: string
  readonly dueAt?: string | null
  readonly itemStates: readonly StateCount[]
}

/**
 * How a step is shown. A loop that goes on is what its items are: nothing turns where nothing runs, and a failure below it can
 * be seen from above.
 */
export function loopStatus(step: Loop): Status {
  const groups = groupsOf(step.itemStates)
  const of = (tone: Tone) => groups.find((group) => group.tone === tone)
  const failed = of('error')
  if (step.state !== 'EXPANDED' || of('running') || groups.length === 0) return stepStatus(step)
  if (failed) return { tone: 'error', word: `${failed.count.toLocaleString('en')} failed` }
  return of('waiting') ? { tone: 'waiting', word: 'Waiting' } : stepStatus(step)
}

/** `87/100`: items that are over, of all. */
export function overText(counts: readonly StateCount[]): string {
  const open: ReadonlySet<Tone> = new Set(['running', 'waiting', 'idle'])
  const total = counts.reduce((sum, one) => sum + one.count, 0)
  const left = groupsOf(counts).reduce((sum, one) => sum + (open.has(one.tone) ? one.count : 0), 0)
  return `${(total - left).toLocaleString('en')}/${total.toLocaleString('en')}`
}

/** An item as a line: a text as it is, anything else as JSON. */
export const itemText = (item: unknown): string =>
  typeof item === 'string' ? item : item === undefined || item === null ? '' : JSON.stringify(item)
