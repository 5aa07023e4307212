import type { Reader } from '../read/reader.ts'
import type { ReadStep } from '../read/step.ts'
import { suggestion } from '../suggestion.ts'

/** Who comes before whom. */
export interface StepGraph {
  readonly numbers: ReadonlyMap<string, number>
  /** Does `later` wait, directly or through others, for `earlier`? */
  isAncestor(earlier: string, later: string): boolean
}

/**
 * Checks that dependencies name steps and states that exist and that no step waits for itself.
 * `statesOf` gives the custom states of a step, those of a function it calls included.
 */
export function checkGraph(
  reader: Reader,
  steps: readonly ReadStep[],
  statesOf: (step: string) => readonly string[],
): StepGraph {
  const numbers = new Map(steps.map((read, i) => [read.step.name, i]))
  for (const read of steps) checkDependencies(reader, read, numbers, statesOf)
  const targets = steps.map((read) =>
    read.step.dependencies.flatMap((dependency) => numbers.get(dependency.step) ?? []),
  )
  const order = orderOf(reader, steps, targets)
  const ancestors = order === undefined ? undefined : ancestorsOf(order, targets)
  return {
    numbers,
    isAncestor(earlier, later) {
      const from = numbers.get(earlier)
      const to = numbers.get(later)
      if (from === undefined || to === undefined) return false
      // With a cycle nothing can be said; one complaint is enough.
      return ancestors === undefined || hasBit(ancestors[to] as Uint32Array, from)
    },
  }
}

function checkDependencies(
  reader: Reader,
  read: ReadStep,
  numbers: ReadonlyMap<string, number>,
  statesOf: (step: string) => readonly string[],
): void {
  const seen = new Set<string>()
  read.step.dependencies.forEach(({ step, states }, i) => {
    const at = read.dependencyPlaces[i] ?? read.key
    if (!numbers.has(step)) {
      reader.fault(
        at,
        'unknown-step',
        `There is no step "${step}" to wait for${suggestion(step, numbers.keys())}`,
      )
      return
    }
    if (seen.has(step)) {
      reader.fault(
        at,
        'duplicate-name',
        `"${step}" is named twice; join its states in one entry, as ${step}:DONE,OTHER.`,
      )
    }
    seen.add(step)
    const known = ['DONE', 'PRUNE', 'ANY', ...statesOf(step)]
    for (const state of states) {
      if (known.includes(state)) continue
      reader.fault(
        at,
        'unknown-state',
        `"${step}" cannot end as ${state || 'an empty state'}: only as ${known.join(', ')}${suggestion(state, known)}`,
      )
    }
  })
}

/** Steps so that each stands behind those it waits for; undefined, with every cycle reported, when there is none. */
function orderOf(
  reader: Reader,
  steps: readonly ReadStep[],
  targets: readonly (readonly number[])[],
): number[] | undefined {
  const order: number[] = []
  const state = new Uint8Array(steps.length)
  let hasCycle = false
  // An own stack: a chain of thousands of steps must not exhaust that of the language.
  for (let first = 0; first < steps.length; first++) {
    if (state[first] !== 0) continue
    const path = [{ no: first, next: 0 }]
    state[first] = 1
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const target = targets[top.no]?.[top.next++]
      if (target === undefined) {
        state[top.no] = 2
        order.push(top.no)
        path.pop()
      } else if (state[target] === 0) {
        state[target] = 1
        path.push({ no: target, next: 0 })
      } else if (state[target] === 1) {
        hasCycle = true
        const chain = path.slice(path.findIndex((entry) => entry.no === target)).map((entry) => entry.no)
        reportCycle(reader, steps, [...chain, target])
      }
    }
  }
  return hasCycle ? undefined : order
}

function reportCycle(reader: Reader, steps: readonly ReadStep[], chain: readonly number[]): void {
  const names = chain.map((no) => steps[no]?.step.name ?? '')
  const last = steps[chain.at(-2) ?? 0] as ReadStep
  const index = last.step.dependencies.findIndex((dependency) => dependency.step === names.at(-1))
  reader.fault(
    last.dependencyPlaces[index] ?? last.key,
    'cycle',
    `These steps wait for each other: ${names.join(' → ')}; remove one of these dependencies.`,
  )
}

/** A bit set per step: 2,000 steps take 500 kB. */
function ancestorsOf(order: readonly number[], targets: readonly (readonly number[])[]): Uint32Array[] {
  const words = Math.ceil(order.length / 32)
  const sets = order.map(() => new Uint32Array(words))
  for (const no of order) {
    const own = sets[no] as Uint32Array
    for (const target of targets[no] ?? []) {
      const theirs = sets[target] as Uint32Array
      for (let word = 0; word < words; word++) own[word] = (own[word] as number) | (theirs[word] as number)
      own[target >>> 5] = (own[target >>> 5] as number) | (1 << (target & 31))
    }
  }
  return sets
}

function hasBit(set: Uint32Array, no: number): boolean {
  return (((set[no >>> 5] as number) >>> (no & 31)) & 1) === 1
}
