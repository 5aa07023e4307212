import type { StepPatch } from '../change.ts'
import type { RawOutcome } from './outcome.ts'

/** What a template reads of one step as `.step.NAME`; µTask's names. */
export interface StepValues {
  output: unknown
  metadata: unknown
  error: string
  state: string
  try_count: number
  max_retries: number
  /** Of a loop that is over. */
  children?: readonly unknown[]
}

/** What only one step sees beside the values of the task. */
export interface OwnValues {
  /** What the step itself is while it is judged: its fresh outcome instead of the last one. */
  readonly fresh?: StepValues
  readonly functionArgs?: unknown
}

/** What is known of a step only while it runs. */
export interface Frame {
  /** What its pre_hook answered, as `.pre_hook`. */
  hook?: { readonly output: unknown; readonly metadata: unknown }
  /** `.function_args` of each level of its call. */
  args?: readonly unknown[]
  /** What `merge` lays under the output of each level, rendered before the action ran. */
  bases?: readonly unknown[]
}

/** Nothing is known of a step that did not run, but asking is no error. */
export const nothing = Object.freeze({})

/** Of a step of which nothing is known yet. */
export function blankValues(maxRetries: number): StepValues {
  return {
    output: nothing,
    metadata: nothing,
    error: '',
    state: 'TODO',
    try_count: 0,
    max_retries: maxRetries,
  }
}

/** Makes of what is known of a step what is known of one that never ran. */
export function forget(entry: StepValues): void {
  Object.assign(entry, blankValues(entry.max_retries))
  delete entry.children
}

/** An outcome as the texts of its own step see it. */
export function valuesOf(outcome: RawOutcome, step: StepPatch, maxRetries = 0): StepValues {
  const { output, metadata, error, state } = outcome
  return {
    output: output ?? nothing,
    metadata: metadata ?? nothing,
    error: error?.message ?? '',
    state,
    try_count: step.tryCount,
    max_retries: maxRetries,
  }
}
