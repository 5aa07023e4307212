import type { StepDependency } from '@stint/schema/template-types'
import type { Link } from '../lock.ts'

/** What a template would do with these inputs, as far as that can be known without running it. */
export interface DryRunReport {
  readonly title: string
  readonly steps: readonly DryRunStep[]
  /** Locks it would take and resources it refers to. */
  readonly links: readonly Link[]
  /** The rendered `result_format`; texts that need a run stand as they are written. */
  readonly result: unknown
  /** What cannot be rendered at all, a sentence each. */
  readonly problems: readonly string[]
}

export interface DryRunStep {
  readonly name: string
  readonly action: string
  /** TODO: it would run, or may; otherwise the state that it would take for certain. */
  readonly state: string
  readonly configuration: unknown
  /** What only a run can tell, as `.step.create.output.id`. */
  readonly unknown: readonly string[]
  readonly dependencies: readonly StepDependency[]
  /** What it would use, in the labels that limits name: `url:api.example`, `script:facts.sh`. */
  readonly resources: readonly string[]
  readonly note: string | undefined
}
