import { parseDependency } from '../../kit/dependency.ts'
import { stepStateText } from '../../kit/status.ts'

interface FollowedStep {
  readonly name: string
  readonly state: string
  readonly dependencies: readonly string[]
}

/** A step that a changed state before it changes, too. */
export interface Effect {
  readonly name: string
  readonly from: string
  readonly to: 'TODO' | 'PRUNE'
}

const choices = [
  'DONE',
  'SKIPPED',
  'TODO',
  'TO_RETRY',
  'PRUNE',
  'CLIENT_ERROR',
  'SERVER_ERROR',
  'FATAL_ERROR',
] as const

/** States that a person may give a step: the usual ones, and those of its template that other steps wait for. */
export function statesToSet(steps: readonly FollowedStep[], name: string): string[] {
  const usual: ReadonlySet<string> = new Set([...choices, 'ANY'])
  const awaited = steps
    .flatMap((step) => step.dependencies.map(parseDependency))
    .filter((dependency) => dependency.step === name)
    .flatMap((dependency) => dependency.states)
  return [...choices, ...new Set(awaited.filter((state) => !usual.has(state)))]
}

// A failed step stands until somebody decides: those behind it wait, they are not left out.
const standing: ReadonlySet<string> = new Set([
  'TODO',
  'RUNNING',
  'RETRY_NOW',
  'EXPANDED',
  'WAITING',
  'TO_RETRY',
  'SERVER_ERROR',
  'AFTERRUN_ERROR',
  'CLIENT_ERROR',
  'FATAL_ERROR',
  'CRASHED',
])

type Readiness = 'ready' | 'waiting' | 'prune'

function readinessOf(step: FollowedStep, stateOf: (name: string) => string | undefined): Readiness {
  let answer: Readiness = 'ready'
  for (const written of step.dependencies) {
    const { step: name, states } = parseDependency(written)
    const state = stateOf(name)
    if (state === undefined || standing.has(state)) answer = 'waiting'
    else if (!isMet(state, states)) return 'prune'
  }
  return answer
}

function isMet(state: string, states: readonly string[]): boolean {
  if (states.includes('ANY') || states.includes(state)) return true
  const wantsDone = states.length === 0 || states.includes('DONE')
  return wantsDone && (state === 'DONE' || state === 'SKIPPED')
}

/** What happens to the steps behind one that is given a state, and to those behind them: as the engine decides it. */
export function effectsOf(steps: readonly FollowedStep[], name: string, state: string): Effect[] {
  const byName = new Map(steps.map((step) => [step.name, step]))
  const before = (one: string) => byName.get(one)?.state
  const settled = new Map([[name, state]])
  const after = (one: string): string | undefined => {
    const step = byName.get(one)
    if (!step || settled.has(one)) return settled.get(one)
    // Until it is decided: no template has a circle, but a page must not run in one.
    settled.set(one, step.state)
    const next = becomes(readinessOf(step, before), readinessOf(step, after))
    settled.set(one, next ?? step.state)
    return settled.get(one)
  }
  return steps.flatMap((step) => {
    const to = after(step.name)
    const isChanged = step.name !== name && to !== step.state && (to === 'TODO' || to === 'PRUNE')
    return isChanged ? [{ name: step.name, from: step.state, to }] : []
  })
}

// Undefined: the change means nothing to it. What was left out by a condition of its own stays so.
function becomes(was: Readiness, is: Readiness): Effect['to'] | undefined {
  if (is === 'prune') return 'PRUNE'
  if (is === 'ready') return was === 'prune' ? 'TODO' : undefined
  return was === 'waiting' ? undefined : 'TODO'
}

/** `verify (done) begins again`. */
export const effectText = ({ name, from, to }: Effect): string =>
  to === 'TODO'
    ? `${name} (${stepStateText(from)}) begins again`
    : `${name} (${stepStateText(from)}) is left out: what it waits for does not come`
