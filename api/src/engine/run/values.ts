import type { StepPatch } from '../change.ts'
import { retriesOf } from '../retry.ts'
import { isFinal } from '../step.ts'
import { renderResult } from '../template/configuration.ts'
import { type RenderOptions, renderText } from '../values/template.ts'
import { Variables } from '../values/variables.ts'
import { LoopValues } from './loop-values.ts'
import type { RawOutcome } from './outcome.ts'
import type { Plan } from './plan.ts'
import {
  blankValues,
  type Frame,
  forget,
  nothing,
  type OwnValues,
  type StepValues,
  valuesOf,
} from './step-values.ts'

export interface RunRoot {
  readonly input: Record<string, unknown>
  readonly resolverInput: Record<string, unknown>
  readonly config: Record<string, unknown>
  readonly task: Record<string, unknown>
}

/** The values of one task as its templates see them. What is decided by rendering them stands in step-texts.ts. */
export class RunValues {
  readonly #plan: Plan
  readonly #steps: Record<string, StepValues> = Object.create(null)
  readonly #root: {
    input: unknown
    resolver_input: unknown
    config: unknown
    task: unknown
    step: Record<string, StepValues>
  }
  /** Outcomes of steps that may go on: what a waiting step is given back, what checks are asked again about. */
  readonly #outcomes = new Map<number, RawOutcome>()
  readonly #frames = new Map<number, Frame>()
  readonly #loops = new Map<number, LoopValues>()

  constructor(plan: Plan, root: RunRoot) {
    this.#plan = plan
    const { input, resolverInput, config, task } = root
    this.#root = { input, resolver_input: resolverInput, config, task, step: this.#steps }
    if (plan.referenced.size > 0)
      for (const { definition, no } of plan.steps) this.#entry(no, retriesOf(definition.maxRetries))
  }

  setInput(input: Record<string, unknown>): void {
    this.#root.input = input
  }

  /** Something that texts read as `.task` is known now. */
  setTask(known: Record<string, unknown>): void {
    this.#root.task = { ...(this.#root.task as object), ...known }
  }

  setResolverInput(input: Record<string, unknown>): void {
    this.#root.resolver_input = input
  }

  // ---- what is known of steps

  setState(no: number, step: StepPatch, error?: string): void {
    if (!this.#plan.referenced.has(step.parentNo ?? no)) return
    const entry = this.#entryOf(step)
    // What it did before it was set back counts no more.
    if (step.state === 'TODO') forget(entry)
    entry.state = step.state
    entry.try_count = step.tryCount
    if (error !== undefined) entry.error = error
    if (step.parentNo !== undefined) this.#keepItem(step, entry)
    else if (isFinal(step.state, this.#plan.steps[no]?.customStates ?? [])) this.#cutLoop(no)
  }

  setOutcome(no: number, outcome: RawOutcome, step: StepPatch): void {
    this.#frames.delete(no)
    if (outcome.state === 'WAITING' || outcome.state === 'AFTERRUN_ERROR') this.#outcomes.set(no, outcome)
    else this.#outcomes.delete(no)
    if (!this.#plan.referenced.has(step.parentNo ?? no)) return
    const entry = this.#entryOf(step)
    Object.assign(entry, valuesOf(outcome, step, entry.max_retries))
    entry.state = step.state
    if (step.parentNo !== undefined) this.#keepItem(step, entry)
  }

  frame(no: number): Frame | undefined {
    return this.#frames.get(no)
  }

  /** Kept until the outcome of the step is known. */
  frameOf(no: number): Frame {
    const known = this.#frames.get(no)
    if (known) return known
    const frame: Frame = {}
    this.#frames.set(no, frame)
    return frame
  }

  setHook(no: number, { output, metadata }: RawOutcome): void {
    this.frameOf(no).hook = { output: output ?? nothing, metadata: metadata ?? nothing }
  }

  /** Was its last recorded attempt one that waits? */
  isWaiting(no: number): boolean {
    return this.#outcomes.get(no)?.state === 'WAITING'
  }

  outputOf(no: number): unknown {
    return this.#outcomes.get(no)?.output
  }

  /** What the action of a step answered whose checks could not be decided. */
  lastOutcomeOf(no: number): RawOutcome {
    const last = this.#outcomes.get(no)
    const { error, ...kept } = last ?? { state: 'DONE' }
    return { ...kept, ...(error?.answered ?? { state: 'DONE' }) }
  }

  #entry(no: number, maxRetries = 0): StepValues {
    const name = this.#nameOf(no)
    const known = this.#steps[name]
    if (known) return known
    const fresh = blankValues(maxRetries)
    this.#steps[name] = fresh
    return fresh
  }

  #entryOf({ no, parentNo }: StepPatch): StepValues {
    if (parentNo === undefined) return this.#entry(no)
    return (
      this.#loops.get(parentNo)?.open.get(no) ??
      blankValues(retriesOf(this.#plan.steps[parentNo]?.definition.maxRetries ?? 0))
    )
  }

  #nameOf(no: number): string {
    return this.#plan.steps[no]?.definition.name ?? String(no)
  }

  // ---- loops

  /** The list of a loop is known; what its items said about an earlier list is forgotten. */
  beginLoop(no: number, items: readonly unknown[]): void {
    this.#loops.set(no, new LoopValues(items, this.#plan.readsChildren.has(no)))
    const entry = this.#steps[this.#nameOf(no)]
    if (entry) delete entry.children
  }

  loopOf(no: number): LoopValues | undefined {
    return this.#loops.get(no)
  }

  /** All items are over: their results are there to be read, the list is no longer needed. */
  endLoop(no: number): void {
    this.#loops.get(no)?.publish(this.#nameOf(no), this.#entry(no))
    this.#loops.delete(no)
  }

  /** The loop was ended before its list: what its items answered is there to be read, and what those that still run will answer. */
  #cutLoop(no: number): void {
    this.#loops.get(no)?.publish(this.#nameOf(no), this.#entry(no))
  }

  /** An item keeps what it may be asked about: while it goes on itself, then its result, where the loop keeps results. */
  #keepItem({ no, parentNo = 0, itemIndex = 0, state }: StepPatch, entry: StepValues): void {
    const loop = this.#loops.get(parentNo)
    if (!isFinal(state, this.#plan.steps[parentNo]?.customStates ?? [])) {
      loop?.open.set(no, entry)
      return
    }
    loop?.open.delete(no)
    loop?.setResult(itemIndex, entry)
    if (Object.hasOwn(this.#entry(parentNo), 'children')) this.#cutLoop(parentNo)
  }

  // ---- rendering

  /** A fresh object for each execution: what evalCache found holds for one of them. */
  options(): RenderOptions {
    const { strictValues, variables } = this.#plan.template
    return { strict: strictValues, ...(variables.length > 0 && { variables: new Variables(variables) }) }
  }

  /** Does something with the values as this step sees them: itself as `.step.this`, and by its name. */
  as<T>(step: StepPatch, own: OwnValues, act: (data: object) => T): T {
    // By name an item sees its loop.
    const name = step.parentNo === undefined ? this.#nameOf(step.no) : undefined
    const known =
      name === undefined ? this.#loops.get(step.parentNo ?? 0)?.open.get(step.no) : this.#steps[name]
    const entry = own.fresh ?? known ?? (name === undefined ? this.#entryOf(step) : undefined)
    if (name !== undefined && own.fresh) this.#steps[name] = own.fresh
    if (entry) this.#steps.this = entry
    else delete this.#steps.this
    try {
      return act(this.#dataOf(step, own))
    } finally {
      // What is not referenced anywhere else must not stay in memory.
      if (own.fresh) {
        if (name !== undefined && known) this.#steps[name] = known
        else if (name !== undefined) delete this.#steps[name]
        delete this.#steps.this
      }
    }
  }

  #dataOf(step: StepPatch, { functionArgs }: OwnValues): object {
    const hook = this.#frames.get(step.no)?.hook
    const loop = step.parentNo === undefined ? undefined : this.#loops.get(step.parentNo)
    if (!hook && functionArgs === undefined && !loop) return this.#root
    return {
      ...this.#root,
      ...(loop && { iterator: loop.items[step.itemIndex ?? 0] }),
      ...(hook && { pre_hook: hook }),
      ...(functionArgs !== undefined && { function_args: functionArgs }),
    }
  }

  /** A text, with the values of the task and of all steps. Throws ValueError. */
  text(text: string): string {
    return renderText(text, this.#root, this.options())
  }

  /** The rendered `result_format`. Throws ValueError. */
  result(): unknown {
    return renderResult(this.#plan.template.resultFormat, this.#root, this.options())
  }
}
