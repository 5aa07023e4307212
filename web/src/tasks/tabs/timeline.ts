import { parseDependency } from '../../kit/dependency.ts'
import type { Tone } from '../../kit/status.ts'
import { isFinishedStep, stepStatus } from '../../kit/status.ts'
import { loopStatus, type StateCount } from '../loop/items.ts'

export interface TimedStep {
  readonly no: number
  readonly name: string
  readonly state: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly dueAt: string | null
  readonly dependencies: readonly string[]
  /** Of a loop: how many of its items are in which state. */
  readonly itemStates: readonly StateCount[]
  readonly attempts: readonly {
    readonly no: number
    readonly state: string
    readonly startedAt: string
    readonly endedAt: string
  }[]
}

export interface Segment {
  readonly kind: 'waiting' | 'attempt' | 'retry-wait'
  readonly tone: Tone
  readonly from: number
  readonly to: number
  readonly title: string
}

const timeOf = (at: string) => new Date(at).getTime()

/** From when the step could have run: when the last step it depends on ended, or the task began. */
function readyAt(step: TimedStep, byName: ReadonlyMap<string, TimedStep>, begin: number): number {
  const ends = step.dependencies.flatMap((dependency) => {
    const end = byName.get(parseDependency(dependency).step)?.endedAt
    return end ? [timeOf(end)] : []
  })
  return Math.max(begin, ...ends)
}

/**
 * A step as parts of a bar: waiting to be started, each try, the waits between tries. A step that has not begun has
 * none. `now` ends what is still going on.
 */
export function segmentsOf(
  step: TimedStep,
  byName: ReadonlyMap<string, TimedStep>,
  begin: number,
  now: number,
): Segment[] {
  if (!step.startedAt) return []
  const past = step.attempts.toSorted((one, other) => one.no - other.no)
  const segments: Segment[] = []
  const first = timeOf(past[0]?.startedAt ?? step.startedAt)
  let reached = readyAt(step, byName, begin)
  if (first > reached)
    segments.push({ kind: 'waiting', tone: 'idle', from: reached, to: first, title: 'Waited' })
  reached = first
  for (const attempt of past) {
    const from = timeOf(attempt.startedAt)
    const to = timeOf(attempt.endedAt)
    if (from > reached)
      segments.push({
        kind: 'retry-wait',
        tone: 'waiting',
        from: reached,
        to: from,
        title: 'Waited to go on',
      })
    const status = stepStatus(attempt)
    segments.push({
      kind: 'attempt',
      tone: status.tone,
      from,
      to,
      title: `Attempt ${attempt.no}: ${status.word}`,
    })
    reached = to
  }
  const status = loopStatus(step)
  if (isFinishedStep(step)) {
    if (past.length === 0) {
      const to = step.endedAt ? timeOf(step.endedAt) : first
      segments.push({ kind: 'attempt', tone: status.tone, from: first, to, title: status.word })
    }
  } else if (status.tone === 'running' || status.tone === 'error') {
    const from = Math.max(reached, timeOf(step.startedAt))
    if (from > reached)
      segments.push({
        kind: 'retry-wait',
        tone: 'waiting',
        from: reached,
        to: from,
        title: 'Waited to go on',
      })
    segments.push({ kind: 'attempt', tone: status.tone, from, to: Math.max(from, now), title: status.word })
  } else if (reached < now) {
    segments.push({ kind: 'retry-wait', tone: 'waiting', from: reached, to: now, title: status.word })
  }
  return segments
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400]

/** Instants for the scale: round distances, at most `most` of them, counted from the beginning. */
export function ticksOf(lengthMs: number, most: number): number[] {
  const wanted = lengthMs / 1000 / most
  const seconds = steps.find((one) => one >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400
  const ticks: number[] = []
  for (let at = 0; at <= lengthMs; at += seconds * 1000) ticks.push(at)
  return ticks
}
