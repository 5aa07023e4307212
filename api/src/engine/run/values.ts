import type { TemplateAction } from '@stint/schema/template-types'
import type { StepPatch } from '../change.ts'
import type { RawOutcome } from './outcome.ts'
import type { Plan, PlanStep } from './plan.ts'

// Placeholder until engine/values lands: texts without handles only.

export interface Judgement {
  readonly outcome: RawOutcome
  readonly others: readonly [number, string][]
  readonly message: string
}

export interface SkipDecision {
  readonly state: string
  readonly message: string
  readonly others: readonly [number, string][]
}

export interface RunRoot {
  readonly input: Record<string, unknown>
  readonly resolverInput: Record<string, unknown>
  readonly config: Record<string, unknown>
  readonly task: Record<string, unknown>
}

export class RunValues {
  readonly #plan: Plan
  readonly #outcomes = new Map<number, RawOutcome>()

  constructor(plan: Plan, _root: RunRoot) {
    this.#plan = plan
  }

  setResolverInput(_input: Record<string, unknown>): void {}

  configurationOf(_no: number, action: TemplateAction): Record<string, unknown> {
    const base = action.baseConfiguration
      ? this.#plan.template.baseConfigurations[action.baseConfiguration]
      : {}
    return { ...(base as Record<string, unknown>), ...action.configuration }
  }

  render(value: unknown): unknown {
    return value
  }

  holds(_no: number, _expression: string): boolean {
    return true
  }

  skipOf(_planned: PlanStep): SkipDecision | undefined {
    return undefined
  }

  shape(_planned: PlanStep, raw: RawOutcome): RawOutcome {
    return raw
  }

  judge(_planned: PlanStep, outcome: RawOutcome): Judgement {
    return { outcome, others: [], message: '' }
  }

  setState(_no: number, _step: StepPatch, _error?: string): void {}

  setOutcome(no: number, outcome: RawOutcome, _step: StepPatch): void {
    if (this.#plan.referenced.has(no) || outcome.state === 'WAITING') this.#outcomes.set(no, outcome)
  }

  outputOf(no: number): unknown {
    return this.#outcomes.get(no)?.output
  }

  lastOutcomeOf(no: number): RawOutcome {
    return this.#outcomes.get(no) ?? { state: 'DONE' }
  }
}
