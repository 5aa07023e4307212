import type { StepPatch, TaskPatch } from '../change.ts'
import type { Want } from '../lock.ts'
import type { TaskKey } from '../seal.ts'
import type { RunHost } from './host.ts'
import type { Masker } from './mask.ts'
import type { Plan } from './plan.ts'
import type { TaskFacts } from './running-task.ts'
import type { RunValues } from './values.ts'

/** What a runner is made of: read from rows, or those of a task that is being born. */
export interface TaskRunParts {
  readonly host: RunHost
  readonly facts: TaskFacts
  readonly plan: Plan
  readonly key: TaskKey
  readonly patch: TaskPatch
  readonly steps: StepPatch[]
  readonly values: RunValues
  readonly masker: Masker
  /** Resources that the task needs as a whole. */
  readonly wants: readonly Want[]
  /** It has them already. */
  readonly isGranted: boolean
  /** It holds some of them; a task holds all or nothing. */
  readonly holdsAny: boolean
  readonly holdingSteps: Iterable<number>
}
