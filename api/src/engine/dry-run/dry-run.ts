import { setImmediate as turn } from 'node:timers/promises'
import type { Template } from '@stint/schema/template-types'
import type { Clock } from '../../base/clock.ts'
import { Problem } from '../../base/problem.ts'
import type { ActionRegistry } from '../action.ts'
import { linksOf } from '../run/links.ts'
import { Masker, type SharedSecrets } from '../run/mask.ts'
import { type Plan, planOf } from '../run/plan.ts'
import { secretsOf, taskValuesOf } from '../run/task-values.ts'
import { ValueError, ValueFault } from '../values/fault.ts'
import { render } from '../values/template.ts'
import type { DryRunReport, DryRunStep } from './report.ts'
import { type Foreseen, foresee, patchOf } from './step.ts'
import { type Knowledge, partly, partlyResult } from './unknown.ts'
import { DryValues } from './values.ts'

export interface DryRunRequest {
  readonly template: Template
  /** Checked, defaults filled in. */
  readonly input: Record<string, unknown>
  /** Absent: nobody has approved yet. */
  readonly resolverInput: Record<string, unknown> | undefined
  readonly ownerName: string
  readonly ownerGroups: readonly string[]
  readonly showsConfiguration: boolean
}

export interface DryRunParts {
  readonly registry: ActionRegistry
  readonly clock: Clock
  readonly secrets: SharedSecrets
  config(): Record<string, unknown>
  limitOf(name: string): number | undefined
}

/** Expressions run one after the other in a thread that this one waits for. */
const patienceMs = 3000

/**
 * Goes through a template as a run would, without running anything: renders what the inputs decide, follows dependencies, `if` and
 * skip conditions as far as they are decided, and computes steps that only compute. Never throws for what a template says.
 */
export async function dryRun(parts: DryRunParts, request: DryRunRequest): Promise<DryRunReport> {
  const { template, input, resolverInput = {} } = request
  const plan = planOf(template, parts.registry)
  const masker = new Masker(secretsOf(plan, input, resolverInput), parts.secrets)
  const values = new DryValues(plan, {
    input,
    resolverInput,
    config: parts.config(),
    task: taskValuesOf({
      id: 'new',
      createdAt: parts.clock.now(),
      ownerName: request.ownerName,
      ownerGroups: request.ownerGroups,
      region: template.region ?? null,
      resolvers: [],
      watchers: [],
    }),
  })
  const problems: string[] = []
  const knownSteps = new Set<string>()
  const knowledge: Knowledge = {
    template,
    knownSteps,
    hasResolverInput: template.resolverInputs.length === 0 || request.resolverInput !== undefined,
    showsConfiguration: request.showsConfiguration,
  }
  const text = (part: string, source: string) =>
    attempt(problems, part, source, () => partly(source, knowledge, (each) => values.text(each)))
  const title = String(text('title_format', template.titleFormat))
  const deadline = parts.clock.monotonicMs() + patienceMs
  const steps: DryRunStep[] = []
  const seen = new Map<number, Foreseen>()
  for (const no of inOrder(plan)) {
    await turn()
    const isLate = parts.clock.monotonicMs() > deadline
    const foreseen = foresee({ plan, values, knowledge, seen, isLate }, no)
    seen.set(no, foreseen)
    if (foreseen.outcome) knownSteps.add(foreseen.step.name)
    steps[no] = foreseen.step
  }
  const links = attempt(problems, 'locks', [], () =>
    linksOf(plan, template.name, values, masker, [], (name) => parts.limitOf(name)),
  )
  const result = attempt(problems, 'result_format', template.resultFormat, () =>
    partlyResult(template.resultFormat, knowledge, (each) => render(each, rootOf(values), values.options())),
  )
  return masker.maskDeep({ title, steps, links, result, problems }) as DryRunReport
}

/** `values.as` is for steps; the result belongs to none. */
function rootOf(values: DryValues): object {
  return values.as(patchOf(-1), {}, (data) => data)
}

function attempt<T>(problems: string[], part: string, otherwise: T, act: () => unknown): T {
  try {
    return act() as T
  } catch (error) {
    if (!(error instanceof ValueError || error instanceof ValueFault || error instanceof Problem)) throw error
    problems.push(`${part}: ${error.message}`)
    return otherwise
  }
}

/** Each step behind those that it depends on; the checker has seen to it that there is no circle. */
function inOrder({ steps }: Plan): number[] {
  const order: number[] = []
  const placed = new Set<number>()
  const waiting = new Map(
    steps.map(({ no, dependencies }) => [no, new Set(dependencies.map((each) => each.no))]),
  )
  let ready = steps.filter(({ dependencies }) => dependencies.length === 0).map(({ no }) => no)
  while (ready.length > 0) {
    const next: number[] = []
    for (const no of ready) {
      if (placed.has(no)) continue
      placed.add(no)
      order.push(no)
      for (const follower of steps[no]?.dependants ?? []) {
        const left = waiting.get(follower)
        left?.delete(no)
        if (left?.size === 0) next.push(follower)
      }
    }
    ready = next
  }
  return order
}
